package dev.floe.worker.engine;

import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.Progress;
import dev.floe.protocol.report.Progress.Phase;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.data.RowFile;
import dev.floe.worker.data.TextTokenizer;
import dev.floe.worker.engine.Datasets.ProblemSet;
import dev.floe.worker.evaluate.DecodeWatch;
import dev.floe.worker.evaluate.Decoding;
import dev.floe.worker.evaluate.Evaluator;
import dev.floe.worker.evaluate.Generator;
import dev.floe.worker.node.RunControl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scores the adapters of one or several jobs on the evaluation sets that the jobs have in common.
 */
final class Evaluation {
  private final Datasets datasets;
  private final Backbone backbone;
  private final JobSpec first;
  private final List<Candidate> candidates;

  /** A job to be scored, and who watches it. */
  record Candidate(PreparedJob prepared, RunControl control) {
    private boolean stopped() {
      return control.stopRequested().isPresent();
    }
  }

  /**
   * @param candidates one, or several of one {@link EvaluationKey}, whose rows share decode batches
   */
  Evaluation(Datasets datasets, List<Candidate> candidates) {
    this.datasets = datasets;
    this.candidates = candidates;
    first = candidates.get(0).prepared().job();
    backbone = candidates.get(0).prepared().backbone();
  }

  /**
   * Of each candidate: accuracy, tokens and speed of each set, and how many rows lost something to
   * cutoff and context. What a candidate that is asked to stop has is not all.
   */
  List<Map<String, Double>> metrics() throws IOException {
    List<Map<String, Double>> metrics = new ArrayList<>();
    candidates.forEach(candidate -> metrics.add(ofTraining(candidate.prepared().job())));
    for (String file : first.data().evaluate()) {
      ProblemSet set = datasets.problems(first, file, backbone);
      List<Evaluator.Score> scores = scores(set);
      for (int i = 0; i < scores.size(); i++) {
        put(metrics.get(i), RowFile.name(Path.of(file)), set, scores.get(i));
      }
    }
    return metrics;
  }

  private Map<String, Double> ofTraining(JobSpec job) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    datasets
        .trained(job)
        .ifPresent(
            data -> {
              putCount(metrics, "train.rows_cut_off", data.truncated());
              putCount(metrics, "train.rows_left_out", data.dropped());
            });
    return metrics;
  }

  private static void put(
      Map<String, Double> metrics, String name, ProblemSet set, Evaluator.Score score) {
    score.accuracy().ifPresent(accuracy -> metrics.put(name + ".accuracy", accuracy));
    metrics.put(name + ".generated_tokens", (double) score.generated());
    metrics.put(name + ".tokens_per_second", score.tokensPerSecond());
    putCount(metrics, name + ".truncated_prompts", set.truncated());
  }

  private static void putCount(Map<String, Double> metrics, String name, int count) {
    if (count > 0) {
      metrics.put(name, (double) count);
    }
  }

  private List<Evaluator.Score> scores(ProblemSet set) throws IOException {
    Decoding decoding = Decoding.of(first.evaluate());
    TextTokenizer tokenizer = datasets.tokenizer(backbone);
    List<Adapter> adapters =
        candidates.stream().map(candidate -> candidate.prepared().adapter()).toList();
    Generator generator =
        adapters.size() == 1
            ? new Generator(backbone, backbone.decoder(adapters.get(0)), tokenizer, decoding)
            : Generator.ofSeveral(backbone, adapters, tokenizer, decoding);
    return new Evaluator(generator).scores(set.problems(), new Watch(set.problems().size()));
  }

  /** Tells each job how far it is, and hears whether it should stop. */
  private final class Watch implements DecodeWatch {
    private final int problems;

    Watch(int problems) {
      this.problems = problems;
    }

    @Override
    public boolean stopped(int adapter) {
      return candidates.get(adapter).stopped();
    }

    @Override
    public void done(int adapter, int rows) {
      Progress progress = new Progress(Phase.EVALUATING, rows, problems, Double.NaN, 0);
      candidates.get(adapter).control().progress(progress);
    }
  }
}
