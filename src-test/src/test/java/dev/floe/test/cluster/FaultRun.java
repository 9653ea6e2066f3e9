package dev.floe.test.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.floe.test.run.Await;
import dev.floe.test.run.RunOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The {@link FaultSweep} on a cluster of PostgreSQL, a coordinator, a standby and three workers of
 * one device each, all of them processes that a test may kill.
 */
final class FaultRun implements AutoCloseable {
  static final String DEVICE = "cpu0";
  static final Duration LEASE_TERM = Duration.ofSeconds(10);

  private static final int WORKERS = 3;
  private static final String DEVICES = "cpu:1";
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** The defaults, but for a machine that runs all the nodes and is slow to answer. */
  private static final String SETTINGS =
      """
      floe.lease-term = %ds
      pekko.cluster.failure-detector.acceptable-heartbeat-pause = 8s
      """
          .formatted(LEASE_TERM.toSeconds());

  private final ClusterProcesses cluster;
  private final Path directory;
  private final Path first;
  private final List<ClusterProcesses.Worker> workers = new ArrayList<>();
  private RunOutput output; // of the latest sweep
  private int sweeps;
  private TcpProxy proxy; // null until it is started
  private ClusterProcesses.Coordinator leader;
  private ClusterProcesses.Coordinator standby;

  private FaultRun(Path directory, ClusterProcesses cluster, Path sweep) {
    this.directory = directory;
    this.cluster = cluster;
    this.first = sweep;
  }

  /** Starts the cluster, and the sweep on it. */
  static FaultRun start(Path directory, Path sweep) throws IOException, InterruptedException {
    return start(directory, new ClusterProcesses(directory.resolve("cluster"), SETTINGS), sweep);
  }

  /** Starts the sweep on a cluster that has nothing in it yet. */
  static FaultRun start(Path directory, ClusterProcesses cluster, Path sweep)
      throws IOException, InterruptedException {
    FaultRun run = new FaultRun(directory, cluster, sweep);
    try {
      run.begin();
      return run;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      run.close();
      throw e;
    }
  }

  private void begin() throws IOException, InterruptedException {
    cluster.startPostgres();
    leader = cluster.startCoordinator();
    standby = cluster.startStandby();
    int port = ClusterProcesses.freePort();
    proxy = TcpProxy.to(port);
    workers.add(cluster.startWorkerBehind(proxy, port));
    for (int i = 1; i < WORKERS; i++) {
      workers.add(cluster.startWorker(DEVICES));
    }
    submit(first);
    for (ClusterProcesses.Worker worker : workers) {
      awaitMidJob(worker);
    }
  }

  private void submit(Path sweep) throws IOException, InterruptedException {
    output = new RunOutput(directory.resolve("out-" + sweeps));
    sweeps++;
    cluster.floe("submit", sweep, "--out", output.directory());
  }

  /** Starts the sweep anew, when it has ended, as another that comes to the same. */
  void again() throws IOException, InterruptedException {
    submit(FaultSweep.again(first, "faults-" + sweeps));
  }

  /** Whether the sweep has ended. */
  boolean ended() throws IOException {
    return output.done().size() == FaultSweep.JOBS;
  }

  ClusterProcesses cluster() {
    return cluster;
  }

  RunOutput output() {
    return output;
  }

  List<ClusterProcesses.Worker> workers() {
    return List.copyOf(workers);
  }

  /** What all others reach the first worker through. */
  TcpProxy proxy() {
    return proxy;
  }

  /** The coordinator that leads until it is killed. */
  ClusterProcesses.Coordinator leader() {
    return leader;
  }

  /** Kills the coordinator that leads, and starts it again as the other one's standby. */
  void failOver() throws IOException, InterruptedException {
    leader.process().kill();
    standbyTookOver();
  }

  /** The coordinator that led was killed: starts it again as the other one's standby. */
  void standbyTookOver() throws IOException {
    ClusterProcesses.Coordinator killed = leader;
    leader = standby;
    standby = cluster.restart(killed);
  }

  /** Starts an agent again that was killed. */
  void restart(ClusterProcesses.Worker killed) throws IOException {
    workers.set(workers.indexOf(killed), cluster.restart(killed, DEVICES));
  }

  /** Waits until the worker is well into a job and past a checkpoint; tells where it is. */
  StepLog.Step awaitMidJob(ClusterProcesses.Worker worker) throws IOException {
    return awaitMidJob(worker, FaultSweep.CHECKPOINT_EVERY);
  }

  /** The same, and past this step. */
  StepLog.Step awaitMidJob(ClusterProcesses.Worker worker, int past) throws IOException {
    StepLog.Step[] found = new StepLog.Step[1];
    await(
        "a worker in the middle of a job",
        () -> {
          Optional<StepLog.Step> step = steps(worker).last();
          step.filter(at -> midJob(at, past)).ifPresent(at -> found[0] = at);
          return found[0] != null;
        });
    return found[0];
  }

  private static boolean midJob(StepLog.Step step, int past) {
    int sinceCheckpoint = step.number() % FaultSweep.CHECKPOINT_EVERY;
    return step.number() > past
        && step.number() < FaultSweep.STEPS * 3 / 4
        && sinceCheckpoint >= FaultSweep.CHECKPOINT_EVERY / 2;
  }

  /** The steps that the worker's processes did so far. */
  StepLog steps(ClusterProcesses.Worker worker) throws IOException {
    return StepLog.of(worker.log(DEVICE));
  }

  /** Whether another worker has taken the job up. */
  boolean runsElsewhere(int job, ClusterProcesses.Worker than) throws IOException {
    for (ClusterProcesses.Worker worker : workers) {
      if (!worker.equals(than)
          && steps(worker).steps().stream().anyMatch(step -> step.job() == job)) {
        return true;
      }
    }
    return false;
  }

  /** How many steps were done more than once: those of all sweeps, less once for each. */
  int repeatedSteps() throws IOException {
    return allSteps().size() - sweeps * FaultSweep.JOBS * FaultSweep.STEPS;
  }

  /** The steps that all workers' processes did so far. */
  List<StepLog.Step> allSteps() throws IOException {
    List<StepLog.Step> all = new ArrayList<>();
    for (ClusterProcesses.Worker worker : workers) {
      all.addAll(steps(worker).steps());
    }
    return all;
  }

  /** Waits for all jobs to be done, and holds what came out against the undisturbed run. */
  void endsAs(Undisturbed undisturbed) throws IOException {
    awaitEnd();
    assertThat(output.jobs())
        .as("every job once")
        .extracting(job -> job.get("job").asInt())
        .containsExactlyElementsOf(IntStream.range(0, FaultSweep.JOBS).boxed().toList());
    assertThat(output.finalLosses()).as("final losses").isEqualTo(undisturbed.finalLosses());
    assertThat(output.curves()).as("loss curves").isEqualTo(undisturbed.curves());
    for (int job = 0; job < FaultSweep.JOBS; job++) {
      assertThat(output.weights(job))
          .as("adapter of job %d", job)
          .isEqualTo(undisturbed.weights().get(job));
    }
  }

  /** Waits until all jobs are done. */
  void awaitEnd() throws IOException {
    await("all jobs done", this::ended);
  }

  /** Waits for something that the cluster does; fails with all of its logs. */
  void await(String what, Await.Condition condition) throws IOException {
    try {
      Await.until(what, LONGEST, condition);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + cluster.logs(), e);
    }
  }

  /** What {@code results.json} says of a job. */
  JsonNode job(int number) throws IOException {
    return output.jobs().get(number);
  }

  @Override
  public void close() throws IOException {
    cluster.close();
    if (proxy != null) {
      proxy.close();
    }
  }
}
