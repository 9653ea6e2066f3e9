package dev.floe.sweeps.file;

import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.Sampling;
import java.util.List;
import java.util.Locale;

/** Reads the {@code evaluate} section. */
final class EvaluateReader {
  private static final int DEFAULT_NEW_TOKENS = 256;
  private static final int ALL_ROWS = 0;
  private static final int DEFAULT_BEAMS = 4;
  private static final List<String> OF_BEAM = List.of("beams");
  private static final List<String> OF_SAMPLE = List.of("temperature", "top-k", "top-p", "seed");

  private final Section section;
  private final Problems problems;

  private enum Decode {
    GREEDY,
    BEAM,
    SAMPLE
  }

  EvaluateReader(Section section, Problems problems) {
    this.section = section;
    this.problems = problems;
  }

  /** The section's values; null when there are problems. */
  EvaluateSpec read() {
    Decode decode = section.scalar("decode", ScalarType.choice(Decode.class), Decode.GREEDY);
    int tokens = section.scalar("max-new-tokens", ScalarType.whole(1), DEFAULT_NEW_TOKENS);
    int limit = section.scalar("limit", ScalarType.whole(1), ALL_ROWS);
    int beams = section.scalar("beams", ScalarType.whole(2), DEFAULT_BEAMS);
    double temperature = section.scalar("temperature", ScalarType.positive(), 1.0);
    int topK = section.scalar("top-k", ScalarType.whole(1), Sampling.ALL_TOKENS);
    double topP = section.scalar("top-p", ScalarType.share(), 1.0);
    long seed = section.scalar("seed", ScalarType.wholeLong(0), 0L);
    List<String> stop = section.axis("stop", ScalarType.notEmpty());
    boolean ignoreEos = section.scalar("ignore-eos", ScalarType.truth(), false);
    refuse(OF_BEAM, decode, Decode.BEAM);
    refuse(OF_SAMPLE, decode, Decode.SAMPLE);
    if (!problems.none()) {
      return null;
    }
    return new EvaluateSpec(
        decode.name().toLowerCase(Locale.ROOT),
        tokens,
        limit,
        decode == Decode.BEAM ? beams : 0,
        decode == Decode.SAMPLE ? new Sampling(temperature, topK, topP, seed) : null,
        stop,
        ignoreEos);
  }

  /** Reports keys that only one method has when another decodes. */
  private void refuse(List<String> keys, Decode decode, Decode owner) {
    for (String key : keys) {
      if (decode != owner && section.has(key)) {
        section.report(key, "is for decode: " + owner.name().toLowerCase(Locale.ROOT) + " alone");
      }
    }
  }
}
