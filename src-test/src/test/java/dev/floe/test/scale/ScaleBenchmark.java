package dev.floe.test.scale;

import dev.floe.coordinator.Coordinator;
import dev.floe.coordinator.CoordinatorClient;
import dev.floe.coordinator.CoordinatorSettings;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.Placement;
import dev.floe.sweeps.spec.AdapterAxes;
import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.RankedAxes;
import dev.floe.sweeps.spec.SweepSpec;
import dev.floe.sweeps.spec.TrainAxes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Measures a coordinator with workers that do nothing, all in one process: how many completions are
 * durable each second, how long a free worker waits for its next lease, how much heap that takes,
 * and how long a new process takes to recover the sweep.
 */
final class ScaleBenchmark {
  private static final int WORKERS = 1_000;
  private static final int WARM_UP = 20_000;
  private static final double HALF_LOAD = 5_000; // of the 10,000 a second that are aimed at
  private static final Duration AT_HALF_LOAD = Duration.ofSeconds(15);
  private static final Duration GIVE_UP = Duration.ofMinutes(5);

  private final Store store;
  private final Path directory;
  private final int completions;
  private final Load load = new Load();
  private final Measurements measurements = new Measurements();

  private ScaleBenchmark(Store store, Path directory, int completions) {
    this.store = store;
    this.directory = directory;
    this.completions = completions;
  }

  /**
   * Prints the table, and writes {@code scale.json} into the directory.
   *
   * @param arguments the directory to work in, then {@code h2}, {@code postgres} or both
   */
  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    List<ScaleFigures> figures = new ArrayList<>();
    for (String name : List.of(arguments).subList(1, arguments.length)) {
      figures.add(measure(name, directory, 100_000));
    }
    System.out.print(ScaleFigures.table(figures));
    ScaleFigures.write(directory, figures);
  }

  static ScaleFigures measure(String name, Path directory, int completions) throws Exception {
    Path own = Files.createTempDirectory(directory, name);
    try (Store store = name.equals("h2") ? Store.h2(own.resolve("state")) : Store.postgres()) {
      return new ScaleBenchmark(store, own, completions).run();
    }
  }

  private ScaleFigures run() throws Exception {
    double loadAverage = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    ActorSystem<Coordinator.Command> system =
        ActorSystem.create(withWorkers(), "scale", Store.config(store.location()));
    CoordinatorClient client = new CoordinatorClient(system, system);
    client
        .open("unknown") // so that all is up: no sweep has this id
        .handle((none, refused) -> refused)
        .toCompletableFuture()
        .get(GIVE_UP.toSeconds(), TimeUnit.SECONDS);
    long submit = System.nanoTime();
    client
        .submit(millionJobs(), directory)
        .toCompletableFuture()
        .get(GIVE_UP.toSeconds(), TimeUnit.SECONDS);
    long submitMillis = millisSince(submit);

    awaitCompletions(WARM_UP);
    double heapBefore = heapMegabytes();
    measurements.forgetWaits();
    double full = rateUntil(completions);
    double fullP50 = measurements.waitMillis(0.5);
    double fullP99 = measurements.waitMillis(0.99);
    long counted = measurements.completions();
    double heap = heapMegabytes();
    double bytesPerJob = (heap - heapBefore) * 1e6 / (counted - WARM_UP);

    load.jobsPerSecond(HALF_LOAD, WORKERS);
    Thread.sleep(3_000); // until the queues of full load are gone
    measurements.forgetWaits();
    double half = rateFor(AT_HALF_LOAD);
    double halfP50 = measurements.waitMillis(0.5);
    double halfP99 = measurements.waitMillis(0.99);

    system.terminate(); // no goodbye
    system.getWhenTerminated().toCompletableFuture().get(1, TimeUnit.MINUTES);
    long acknowledged = measurements.completions();
    long[] recovery = recover();
    if (recovery[0] < acknowledged - 1) { // the baseline was acknowledged too
      throw new IllegalStateException(
          recovery[0] + " jobs were recovered, " + acknowledged + " acknowledged");
    }
    return new ScaleFigures(
        store.name(),
        WORKERS,
        submitMillis,
        full,
        fullP50,
        fullP99,
        half,
        halfP50,
        halfP99,
        heap,
        bytesPerJob,
        recovery[0],
        recovery[1],
        recovery[2],
        loadAverage);
  }

  private Behavior<Coordinator.Command> withWorkers() {
    return Behaviors.setup(
        context -> {
          for (int i = 0; i < WORKERS; i++) {
            context.spawn(NoOpWorker.create("w-" + i, load, measurements), "worker-" + i);
          }
          ActorRef<Coordinator.Command> coordinator =
              context.spawn(Coordinator.create(CoordinatorSettings.EMBEDDED), "coordinator");
          return Behaviors.receiveMessage(
              command -> {
                coordinator.tell(command);
                return Behaviors.same();
              });
        });
  }

  private void awaitCompletions(long count) throws InterruptedException {
    long giveUp = System.nanoTime() + GIVE_UP.toNanos();
    while (measurements.completions() < count) {
      if (System.nanoTime() > giveUp) {
        throw new IllegalStateException(
            "only " + measurements.completions() + " jobs ended in " + GIVE_UP);
      }
      Thread.sleep(5);
    }
  }

  private double rateUntil(long count) throws InterruptedException {
    long start = System.nanoTime();
    long before = measurements.completions();
    awaitCompletions(before + count);
    return (measurements.completions() - before) * 1e9 / (System.nanoTime() - start);
  }

  private double rateFor(Duration time) throws InterruptedException {
    long start = System.nanoTime();
    long before = measurements.completions();
    Thread.sleep(time.toMillis());
    return (measurements.completions() - before) * 1e9 / (System.nanoTime() - start);
  }

  private static double heapMegabytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6;
  }

  private static long millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }

  /**
   * Recovers the sweep in another process: the jobs that had ended, the milliseconds, and those of
   * processor time.
   */
  private long[] recover() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Recovery.class.getName(),
                store.location(),
                millionJobs().id())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      while (line != null && !line.startsWith(Recovery.ANSWER)) {
        line = out.readLine();
      }
      if (line == null) {
        throw new IOException("the sweep could not be recovered");
      }
      String[] words = line.split(" ", -1);
      return Stream.of(words).skip(1).mapToLong(Long::parseLong).toArray();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** The main of the process that recovers. */
  static final class Recovery {
    private static final String ANSWER = "recovered ";

    private Recovery() {}

    public static void main(String[] arguments) throws Exception {
      long start = System.nanoTime();
      ActorSystem<Coordinator.Command> system =
          ActorSystem.create(
              Coordinator.create(CoordinatorSettings.EMBEDDED),
              "scale",
              Store.config(arguments[0]));
      int ended =
          new CoordinatorClient(system, system)
              .open(arguments[1])
              .toCompletableFuture()
              .get(1, TimeUnit.MINUTES)
              .ended();
      long cpu = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis();
      System.out.println(ANSWER + ended + " " + millisSince(start) + " " + cpu);
      Runtime.getRuntime().halt(0);
    }
  }

  /** 1,000 ranks, each with 1,000 seeds. */
  private static SweepSpec millionJobs() {
    return new SweepSpec(
        "million",
        "/models/small",
        new DataSpec("/data/train.json", List.of("/data/test.json"), "alpaca", 64, true, true),
        new AdapterAxes(
            List.of(AdapterType.LORA),
            List.of(Placement.ofRole("attention")),
            new RankedAxes(IntStream.rangeClosed(1, 1_000).boxed().toList(), null, null),
            null,
            null,
            null,
            null),
        new TrainAxes(
            List.of(1),
            List.of(),
            List.of(4),
            List.of(),
            List.of(1e-3),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of()),
        LongStream.range(0, 1_000).boxed().toList(),
        new EvaluateSpec("greedy", 8),
        null,
        null,
        null,
        null);
  }
}
