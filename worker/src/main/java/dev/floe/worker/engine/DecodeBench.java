package dev.floe.worker.engine;

import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.JobSpec;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.evaluate.DecodeWatch;
import dev.floe.worker.evaluate.Decoding;
import dev.floe.worker.evaluate.Evaluator;
import dev.floe.worker.evaluate.Generator;
import dev.floe.worker.evaluate.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The decoding of one evaluation set under one or several fresh adapters in one batch, to be
 * measured. Used on the thread that made it.
 */
public final class DecodeBench implements AutoCloseable {
  private final NDManager device;
  private final Datasets datasets = new Datasets();
  private final Backbone backbone;
  private final List<Adapter> adapters = new ArrayList<>();
  private final Generator generator;
  private final List<Problem> problems;

  /**
   * Loads backbone and prompts, and makes the adapters.
   *
   * @param job whose adapter each of them is, and whose first evaluation set is decoded
   * @param count adapters
   * @param threads of the device
   */
  public DecodeBench(JobSpec job, int count, int threads) throws IOException {
    device = Device.open(threads);
    backbone = Backbone.load(device, Path.of(job.backbone()), job.dtype());
    for (int seed = 0; seed < count; seed++) {
      adapters.add(Adapters.create(job.adapter(), backbone, seed));
    }
    problems = datasets.problems(job, job.data().evaluate().get(0), backbone).problems();
    Decoding decoding = Decoding.of(job.evaluate());
    generator = Generator.ofSeveral(backbone, adapters, datasets.tokenizer(backbone), decoding);
  }

  /** Decodes every prompt under every adapter; gives the generated tokens per second. */
  public double round() {
    List<Evaluator.Score> scores =
        new Evaluator(generator).scores(problems, DecodeWatch.ofOne(() -> false, done -> {}));
    long tokens = scores.stream().mapToLong(Evaluator.Score::generated).sum();
    return tokens / scores.stream().mapToDouble(Evaluator.Score::seconds).sum();
  }

  @Override
  public void close() {
    adapters.forEach(Adapter::close);
    backbone.close();
    datasets.close();
    device.close();
  }
}
