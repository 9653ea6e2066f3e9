package dev.floe.test.cluster;

import dev.floe.test.run.TinySweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The sweep that must survive: jobs of about a second which keep a checkpoint every few steps, one
 * at a time on each device, so that the same steps give the same bits wherever they run.
 */
final class FaultSweep {
  static final int JOBS = 24;
  static final int STEPS = 80;
  static final int CHECKPOINT_EVERY = 10;

  private static final String YAML =
      """
      name: faults
      backbone: model
      data: {train: train.json, prompt: alpaca, cutoff: 128}
      adapter: {type: [lora, series, parallel], placement: attention, rank: [2, 4], dropout: 0.1}
      train: {steps: %d, batch: 4, micro-batch: 2, learning-rate: 3e-3, warmup-steps: 5}
      seeds: [0, 1, 2, 3]
      bundles: off
      checkpoint: {every-steps: %d}
      failures: {lost: {free: 100, delay: 0.1, max-delay: 1}, poison: {takedowns: 100}}
      """
          .formatted(STEPS, CHECKPOINT_EVERY);

  private FaultSweep() {}

  /** Writes the sweep with its model and data; returns its file. */
  static Path write(Path directory) throws IOException {
    return TinySweep.write(directory, YAML);
  }

  /** The same, with its checkpoints in a directory of their own. */
  static Path write(Path directory, Path checkpoints) throws IOException {
    String elsewhere = "checkpoint: {path: " + checkpoints.toAbsolutePath() + ", ";
    return TinySweep.write(directory, YAML.replace("checkpoint: {", elsewhere));
  }

  /** Writes beside the sweep the same under another name, which comes to the same results. */
  static Path again(Path sweep, String name) throws IOException {
    String yaml = Files.readString(sweep).replace("name: faults", "name: " + name);
    return Files.writeString(sweep.resolveSibling(name + ".yaml"), yaml);
  }
}
