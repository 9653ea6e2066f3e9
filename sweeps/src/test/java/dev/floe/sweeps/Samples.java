package dev.floe.sweeps;

import dev.floe.sweeps.file.SweepFile;
import dev.floe.sweeps.file.SweepFileException;
import dev.floe.sweeps.spec.SweepSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sweep files for tests. */
public final class Samples {
  /** The example of the documentation, one key a line, so that tests can replace lines. */
  public static final String QUICKSTART =
      """
      name: quickstart
      backbone: backbones/quickstart
      data:
        train: data/train.json
        evaluate: [data/test.json]
        prompt: alpaca
        cutoff: 256
        train-on-inputs: true
      adapter:
        type: [lora, series, parallel]
        placement: [attention, mlp]
        rank: [4, 16]
      train:
        epochs: 3
        batch: 16
        micro-batch: 4
        learning-rate: 3e-4
        warmup-steps: 20
        weight-decay: 0.0
        clip: 1.0
      seeds: [0]
      evaluate: {decode: greedy, max-new-tokens: 32}
      """;

  private Samples() {}

  /** The quickstart with one text replaced by another. */
  public static String quickstart(String old, String replacement) {
    if (!QUICKSTART.contains(old)) {
      throw new IllegalArgumentException("the sample has no " + old);
    }
    return QUICKSTART.replace(old, replacement);
  }

  /** Writes {@code yaml} to {@code sweep.yaml} in {@code directory} and reads it. */
  public static SweepSpec read(Path directory, String yaml) throws SweepFileException {
    try {
      return SweepFile.read(Files.writeString(directory.resolve("sweep.yaml"), yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
