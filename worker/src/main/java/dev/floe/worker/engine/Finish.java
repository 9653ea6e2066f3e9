package dev.floe.worker.engine;

import dev.floe.protocol.report.JobReport;
import dev.floe.worker.node.LeasedJob;
import dev.floe.worker.train.TrainingRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Scores and reports jobs whose training ended at the same time: together where they can be. */
final class Finish {
  private static final Logger log = LoggerFactory.getLogger(Finish.class);

  private final TuningEngine engine;

  Finish(TuningEngine engine) {
    this.engine = engine;
  }

  /** A job whose training has ended. */
  record Trained(LeasedJob leased, PreparedJob prepared, TrainingRun.Result result) {
    private Evaluation.Candidate candidate() {
      return new Evaluation.Candidate(prepared, leased.control());
    }

    private Optional<EvaluationKey> key() {
      return result.diverged() ? Optional.empty() : EvaluationKey.of(prepared);
    }
  }

  /** Reports every job, and closes it. */
  void conclude(List<Trained> jobs) {
    try {
      Map<EvaluationKey, List<Trained>> groups = new LinkedHashMap<>();
      for (Trained job : jobs) {
        job.key().ifPresent(key -> groups.computeIfAbsent(key, k -> new ArrayList<>()).add(job));
      }
      Map<LeasedJob, Map<String, Double>> scored = new HashMap<>();
      groups.values().stream()
          .filter(group -> group.size() > 1)
          .forEach(group -> score(group, scored));
      jobs.forEach(job -> report(job, Optional.ofNullable(scored.get(job.leased()))));
    } finally {
      jobs.forEach(job -> job.prepared().close());
    }
  }

  /** Where jobs cannot be scored together, memory for instance being short, each is by itself. */
  private void score(List<Trained> group, Map<LeasedJob, Map<String, Double>> scored) {
    List<Map<String, Double>> metrics;
    try {
      metrics = engine.evaluate(group.stream().map(Trained::candidate).toList());
    } catch (IOException | RuntimeException | Error e) {
      log.warn("{} jobs are scored one by one, as together they failed", group.size(), e);
      return;
    }
    for (int i = 0; i < group.size(); i++) {
      scored.put(group.get(i).leased(), metrics.get(i));
    }
  }

  private void report(Trained job, Optional<Map<String, Double>> metrics) {
    LeasedJob leased = job.leased();
    JobReport report;
    try {
      TuningEngine.Tuned tuned =
          metrics.isPresent()
              ? engine.conclude(job.prepared(), job.result(), metrics.get(), leased.control())
              : engine.conclude(job.prepared(), job.result(), leased.control());
      report = tuned.report();
    } catch (IOException | RuntimeException | Error e) {
      leased.threw(TuningEngine.named(e));
      return;
    }
    leased.finished(report);
  }
}
