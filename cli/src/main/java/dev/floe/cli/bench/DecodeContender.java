package dev.floe.cli.bench;

import dev.floe.protocol.job.JobSpec;
import dev.floe.worker.engine.DecodeBench;
import java.io.IOException;

/** Decoding under some adapters within this process; a round is the whole evaluation set. */
final class DecodeContender implements Contender {
  private final String name;
  private final DecodeBench bench;

  DecodeContender(JobSpec job, int adapters, int threads) throws IOException {
    name = adapters == 1 ? "1 adapter" : adapters + " adapters";
    bench = new DecodeBench(job, adapters, threads);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double round() {
    return bench.round();
  }

  @Override
  public void close() {
    bench.close();
  }
}
