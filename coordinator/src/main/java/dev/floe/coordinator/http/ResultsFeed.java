package dev.floe.coordinator.http;

import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepFeed;
import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.LossPoint;
import dev.floe.sweeps.results.JobResult;
import dev.floe.sweeps.results.JobState;
import dev.floe.sweeps.results.ResultsJson;
import dev.floe.sweeps.results.SweepResults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;

/** The picture of a run that nobody works on any more, from its {@code results.json}. */
public final class ResultsFeed implements SweepFeed {
  private final SweepView view;

  private ResultsFeed(SweepView view) {
    this.view = view;
  }

  /**
   * Reads a run's directory once; later changes of the file do not show.
   *
   * @throws IOException with one clear line when there is no readable {@code results.json}
   */
  public static ResultsFeed of(Path directory) throws IOException {
    Path file = directory.resolve(ResultsJson.FILE);
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          directory + " holds no " + ResultsJson.FILE + ": give the --out directory of a run");
    }
    return new ResultsFeed(viewOf(directory, ResultsJson.read(file)));
  }

  public String id() {
    return view.id();
  }

  @Override
  public CompletionStage<SweepView> current() {
    return CompletableFuture.completedFuture(view);
  }

  /** One snapshot. A stopped run's stream stays open too: nothing new would come of a retry. */
  @Override
  public Source<SweepUpdate, NotUsed> updates() {
    return Source.<SweepUpdate>single(new SweepUpdate.Snapshot(view))
        .concat(Source.maybe())
        .mapMaterializedValue(ignored -> NotUsed.getInstance());
  }

  private static SweepView viewOf(Path directory, SweepResults results) {
    List<JobView> jobs = results.jobs().stream().map(ResultsFeed::jobOf).toList();
    boolean ended = jobs.stream().allMatch(job -> job.state().ended());
    return new SweepView(
        results.id(),
        results.sweep(),
        results.backbone(),
        directory.toAbsolutePath().toString(),
        ended ? SweepPhase.FINISHED : SweepPhase.STOPPED,
        null,
        null,
        baselineOf(results.baseline().metrics()),
        jobs);
  }

  private static JobView baselineOf(Map<String, Double> metrics) {
    JobView pending = JobView.pending(JobSpec.BASELINE, Map.of());
    if (metrics.isEmpty()) {
      return pending;
    }
    JobReport report =
        new JobReport(JobReport.Outcome.DONE, 0, List.of(), metrics, Double.NaN, Double.NaN, null);
    return new JobView(
        pending.index(), JobState.DONE, 1, Map.of(), null, null, List.of(), report, null);
  }

  private static JobView jobOf(JobResult result) {
    JobState state = result.state();
    if (state == JobState.RUNNING) {
      state = JobState.PENDING;
    }
    boolean reported = state == JobState.DONE || state == JobState.DIVERGED;
    return new JobView(
        result.job(),
        state,
        result.attempts(),
        result.parameters(),
        null,
        null,
        curveOf(result.losses()),
        reported ? reportOf(result) : null,
        failureOf(result));
  }

  private static List<LossPoint> curveOf(List<Double> losses) {
    List<LossPoint> curve = new ArrayList<>(losses.size());
    for (double loss : losses) {
      curve.add(new LossPoint(curve.size() + 1, loss));
    }
    return curve;
  }

  private static JobReport reportOf(JobResult result) {
    return new JobReport(
        JobReport.Outcome.valueOf(result.state().name()),
        result.trainableParameters() == null ? 0 : result.trainableParameters(),
        result.losses(),
        result.metrics(),
        orNaN(result.seconds()),
        orNaN(result.tokensPerSecond()),
        result.adapter(),
        result.notices());
  }

  private static JobFailure failureOf(JobResult result) {
    if (result.failure() == null) {
      return null;
    }
    JobFailure.Kind kind =
        result.state() == JobState.QUARANTINED ? JobFailure.Kind.POISON : JobFailure.Kind.BUG;
    if (result.failureKind() != null) { // files of before it was kept have none
      kind = JobFailure.Kind.of(result.failureKind());
    }
    return new JobFailure(kind, result.failure(), "");
  }

  private static double orNaN(Double value) {
    return value == null ? Double.NaN : value;
  }
}
