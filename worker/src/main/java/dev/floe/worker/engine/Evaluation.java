package dev.floe.worker.engine;

import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.Progress;
import dev.floe.protocol.report.Progress.Phase;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.data.RowFile;
import dev.floe.worker.engine.Datasets.ProblemSet;
import dev.floe.worker.evaluate.Decoding;
import dev.floe.worker.evaluate.Evaluator;
import dev.floe.worker.evaluate.Generator;
import dev.floe.worker.node.JobStoppedException;
import dev.floe.worker.node.RunControl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Scores a job's adapter on its evaluation sets. */
final class Evaluation {
  private final Datasets datasets;
  private final Backbone backbone;
  private final RunControl control;

  Evaluation(Datasets datasets, Backbone backbone, RunControl control) {
    this.datasets = datasets;
    this.backbone = backbone;
    this.control = control;
  }

  /**
   * Accuracy, tokens and speed of each set, and how many rows lost something to cutoff and context.
   *
   * @throws JobStoppedException {@code control} said so
   */
  Map<String, Double> metrics(JobSpec job, Adapter adapter) throws IOException {
    Map<String, Double> metrics = new LinkedHashMap<>();
    datasets
        .trained(job)
        .ifPresent(
            data -> {
              putCount(metrics, "train.rows_cut_off", data.truncated());
              putCount(metrics, "train.rows_left_out", data.dropped());
            });
    for (String file : job.data().evaluate()) {
      ProblemSet set = datasets.problems(job, file, backbone);
      Evaluator.Score score = score(job, adapter, set);
      String name = RowFile.name(Path.of(file));
      score.accuracy().ifPresent(accuracy -> metrics.put(name + ".accuracy", accuracy));
      metrics.put(name + ".generated_tokens", (double) score.generated());
      metrics.put(name + ".tokens_per_second", score.tokensPerSecond());
      putCount(metrics, name + ".truncated_prompts", set.truncated());
    }
    return metrics;
  }

  private static void putCount(Map<String, Double> metrics, String name, int count) {
    if (count > 0) {
      metrics.put(name, (double) count);
    }
  }

  private Evaluator.Score score(JobSpec job, Adapter adapter, ProblemSet set) throws IOException {
    Generator generator =
        new Generator(
            backbone,
            backbone.decoder(adapter),
            datasets.tokenizer(backbone),
            Decoding.of(job.evaluate()));
    int all = set.problems().size();
    Evaluator.Score score =
        new Evaluator(generator)
            .score(
                set.problems(),
                () -> control.stopRequested().isPresent(),
                done -> control.progress(new Progress(Phase.EVALUATING, done, all, Double.NaN, 0)));
    if (control.stopRequested().isPresent()) {
      throw new JobStoppedException();
    }
    return score;
  }
}
