package dev.floe.cli.bench;

import dev.floe.protocol.job.JobSpec;
import dev.floe.worker.engine.StepBench;
import dev.floe.worker.train.Trainer;
import java.io.IOException;

/** Training steps of a job within this process; a round is one step. */
final class StepContender implements Contender {
  private final String name;
  private final StepBench bench;

  StepContender(String name, JobSpec job, int threads) throws IOException {
    this.name = name;
    bench = new StepBench(job, threads);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double round() {
    long start = System.nanoTime();
    Trainer.Step step = bench.step();
    return step.tokens() / ((System.nanoTime() - start) / 1e9);
  }

  @Override
  public void close() {
    bench.close();
  }
}
