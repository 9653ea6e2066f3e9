package dev.floe.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.BundleKey;
import dev.floe.protocol.job.BundleSpec;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.TrainSpec;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.Progress;
import dev.floe.worker.Golden;
import dev.floe.worker.node.JobFailedException;
import dev.floe.worker.node.JobFeed;
import dev.floe.worker.node.JobStoppedException;
import dev.floe.worker.node.LeasedJob;
import dev.floe.worker.node.RunControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledJobsTest {
  private static final String TOKENS = "train.generated_tokens";
  private static final String SPEED = "train.tokens_per_second";
  private static final Placement ATTENTION = Placement.ofRole("attention");

  @TempDir private Path directory;
  private final Feed feed = new Feed();

  @BeforeEach
  void writeRows() throws IOException {
    Random random = new Random(1);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      String ids =
          random
              .ints(6 + i % 3, 3, 128)
              .mapToObj(Integer::toString)
              .collect(Collectors.joining(", ", "[", "]"));
      lines.add("{\"id\": %d, \"token_ids\": %s, \"labels\": %s}".formatted(i, ids, ids));
    }
    Files.write(directory.resolve("train.jsonl"), lines);
  }

  @Test
  void jobsOfOneKey_fillTheRoomAndReportWhatTheyReportAlone() throws IOException {
    List<JobSpec> jobs = List.of(lora(0, 2), lora(1, 4), series(2), lora(3, 8));
    feed.first(jobs.get(0));
    feed.onRoom.addAll(jobs.subList(1, 4));
    Map<Integer, JobReport> alone = new HashMap<>();
    try (TuningEngine engine = new TuningEngine(1)) {
      engine.runAll(feed);
      for (JobSpec job : jobs) {
        alone.put(job.index(), engine.run(job, RunControl.unattended()));
      }
    }
    assertThat(feed.rooms).startsWith(15);
    assertThat(feed.reports).containsOnlyKeys(0, 1, 2, 3);
    for (JobSpec job : jobs) {
      JobReport together = feed.reports.get(job.index());
      List<Double> losses = alone.get(job.index()).losses();
      assertThat(together.trainableParameters())
          .isEqualTo(alone.get(job.index()).trainableParameters());
      assertThat(together.adapter()).isEqualTo(job.adapterDirectory());
      for (int i = 0; i < losses.size(); i++) {
        assertThat(together.losses().get(i)).isCloseTo(losses.get(i), within(1e-4));
      }
    }
  }

  @Test
  void jobThatCannotRun_failsByItself() {
    feed.first(lora(0, 2));
    feed.onRoom.add(lora(1, 100_000));
    feed.onRoom.add(lora(2, 4));
    try (TuningEngine engine = new TuningEngine(1)) {
      engine.runAll(feed);
    }
    assertThat(feed.reports).containsOnlyKeys(0, 2);
    assertThat(feed.failures.get(1)).isInstanceOf(JobFailedException.class);
    assertThat(((JobFailedException) feed.failures.get(1)).failure().kind())
        .isEqualTo(JobFailure.Kind.INVALID);
  }

  @Test
  void microBatchThatFillsThePass_getsNoCompany() {
    JobSpec job = job(0, AdapterSpec.Lora.plain(ATTENTION, 2, 4, 0), new BundleSpec(16, 20));
    feed.first(job);
    try (TuningEngine engine = new TuningEngine(1)) {
      engine.runAll(feed);
    }
    assertThat(feed.rooms).isEmpty();
    assertThat(feed.reports).containsOnlyKeys(0);
  }

  @Test
  void jobsThatEndTogether_areScoredInOneBatch() throws IOException {
    List<JobSpec> jobs =
        List.of(scored(lora(0, 2)), scored(lora(1, 4)), scored(series(2)), scored(prefix(3)));
    feed.first(jobs.get(0));
    feed.onRoom.addAll(jobs.subList(1, 4));
    Map<Integer, JobReport> alone = new HashMap<>();
    try (TuningEngine engine = new TuningEngine(1)) {
      engine.runAll(feed);
      for (JobSpec job : jobs) {
        alone.put(job.index(), engine.run(job, RunControl.unattended()));
      }
    }
    Map<Integer, Double> speeds = new HashMap<>();
    for (JobSpec job : jobs) {
      Map<String, Double> own = feed.reports.get(job.index()).metrics();
      Map<String, Double> byItself = alone.get(job.index()).metrics();
      assertThat(own).containsOnlyKeys(byItself.keySet());
      assertThat(own).containsEntry(TOKENS, 12.0 * 8).containsEntry(TOKENS, byItself.get(TOKENS));
      speeds.put(job.index(), own.get(SPEED));
    }
    assertThat(speeds.get(1)).isCloseTo(speeds.get(0), withinPercentage(1e-6));
    assertThat(speeds.get(2)).isCloseTo(speeds.get(0), withinPercentage(1e-6));
    assertThat(speeds.get(3)).isNotCloseTo(speeds.get(0), withinPercentage(1e-6));
  }

  @Test
  void jobThatIsStoppedWhileItIsScored_leavesTheOthersTheirScores() throws IOException {
    List<JobSpec> jobs = List.of(scored(lora(0, 2)), scored(lora(1, 4)), scored(lora(2, 8)));
    feed.first(jobs.get(0));
    feed.onRoom.addAll(jobs.subList(1, 3));
    feed.stopsWhenScored = 0;
    try (TuningEngine engine = new TuningEngine(1)) {
      engine.runAll(feed);
    }
    assertThat(feed.failures).containsOnlyKeys(0);
    assertThat(feed.failures.get(0)).isInstanceOf(JobStoppedException.class);
    assertThat(feed.reports).containsOnlyKeys(1, 2);
    assertThat(feed.reports.get(2).metrics()).containsEntry(TOKENS, 12.0 * 8);
  }

  /** The job, scored on the rows that it trains on. */
  private static JobSpec scored(JobSpec job) {
    DataSpec data = job.data();
    return new JobSpec(
        job.index(),
        job.backbone(),
        new DataSpec(data.train(), List.of(data.train()), "alpaca", 64, true, true),
        job.adapter(),
        job.train(),
        new EvaluateSpec(EvaluateSpec.GREEDY, 8, 0, 0, null, List.of(), true),
        job.seed(),
        job.adapterDirectory(),
        job.checkpointDirectory(),
        job.dtype(),
        job.bundles(),
        null);
  }

  private JobSpec prefix(int index) {
    return job(index, AdapterSpec.Prefix.plain(4), null);
  }

  private JobSpec lora(int index, int rank) {
    return job(index, AdapterSpec.Lora.plain(ATTENTION, rank, 8, 0), null);
  }

  private JobSpec series(int index) {
    return job(
        index,
        AdapterSpec.Series.fixed(
            ATTENTION, 3, AdapterSpec.Activation.TANH, 1, AdapterSpec.Insertion.OUTPUT),
        null);
  }

  private JobSpec job(int index, AdapterSpec adapter, BundleSpec bundles) {
    return new JobSpec(
        index,
        Golden.path("llama/model").toString(),
        new DataSpec(
            directory.resolve("train.jsonl").toString(), List.of(), "alpaca", 64, true, true),
        adapter,
        new TrainSpec(0, 3, 4, 2, 1e-2, 0, 0, 1, null, 0, false),
        new EvaluateSpec("greedy", 8),
        0,
        directory.resolve("adapter" + index).toString(),
        directory.resolve("checkpoint" + index).toString(),
        ComputeType.FLOAT32,
        bundles,
        null);
  }

  /** A feed that has one job, and others once there is room. */
  private static final class Feed implements JobFeed {
    private final Deque<JobSpec> there = new ArrayDeque<>();
    private final List<JobSpec> onRoom = new ArrayList<>();
    private final List<Integer> rooms = new ArrayList<>();
    private final Map<Integer, JobReport> reports = new HashMap<>();
    private final Map<Integer, Throwable> failures = new HashMap<>();

    /** The job that is asked to stop once it is being scored; -1 for none. */
    private int stopsWhenScored = -1;

    void first(JobSpec job) {
      there.add(job);
    }

    @Override
    public Optional<LeasedJob> next(Duration within) {
      return Optional.ofNullable(there.poll()).map(Leased::new);
    }

    @Override
    public void roomFor(BundleKey key, int jobs) {
      rooms.add(jobs);
      there.addAll(onRoom);
      onRoom.clear();
    }

    private final class Leased implements LeasedJob {
      private final JobSpec job;
      private final RunControl control;

      Leased(JobSpec job) {
        this.job = job;
        boolean stops = job.index() == stopsWhenScored;
        control = stops ? new StopsWhenScored() : RunControl.unattended();
      }

      @Override
      public JobSpec job() {
        return job;
      }

      @Override
      public RunControl control() {
        return control;
      }

      @Override
      public void finished(JobReport report) {
        reports.put(job.index(), report);
      }

      @Override
      public void threw(Throwable thrown) {
        failures.put(job.index(), thrown);
      }
    }
  }

  /** Asks to stop once the last step is done, so that the job is being scored when it does. */
  private static final class StopsWhenScored implements RunControl {
    private boolean trained;

    @Override
    public Optional<StopReason> stopRequested() {
      return trained ? Optional.of(StopReason.CANCEL) : Optional.empty();
    }

    @Override
    public boolean checkpointRequested() {
      return false;
    }

    @Override
    public void progress(Progress progress) {
      trained = progress.phase() == Progress.Phase.TRAINING && progress.step() == progress.steps();
    }
  }
}
