package dev.floe.test.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sweeps on a {@link TinyModel}, with data in the paper's format beside it. */
public final class TinySweep {
  /** Nine jobs, each of about a second, one after the other. */
  public static final String NINE_JOBS =
      """
      name: nine
      backbone: model
      data: {train: train.json, evaluate: [test.json], prompt: alpaca, cutoff: 128}
      adapter: {type: [lora, series, parallel], placement: attention, rank: [2, 4, 8]}
      train: {steps: 150, batch: 4, micro-batch: 2, learning-rate: 3e-3, warmup-steps: 5}
      seeds: [0]
      evaluate: {decode: greedy, max-new-tokens: 4}
      bundles: off
      """;

  /** Two jobs of a few steps. */
  public static final String TWO_JOBS =
      NINE_JOBS
          .replace("name: nine", "name: two")
          .replace("type: [lora, series, parallel]", "type: lora")
          .replace("[2, 4, 8]", "[2, 4]")
          .replace("steps: 150", "steps: 6");

  private TinySweep() {}

  /** Writes the model, the data and the sweep file under {@code directory}; returns the last. */
  public static Path write(Path directory, String yaml) throws IOException {
    TinyModel.write(directory.resolve("model"));
    writeRows(directory.resolve("train.json"), 1, 40);
    writeRows(directory.resolve("test.json"), 41, 6);
    return Files.writeString(directory.resolve("sweep.yaml"), yaml);
  }

  private static void writeRows(Path file, int first, int count) throws IOException {
    List<Map<String, String>> rows = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      int sum = i + 7;
      rows.add(
          Map.of(
              "instruction",
              "Tom had " + i + " apples and got 7 more. How many has he?",
              "input",
              "",
              "output",
              i + " + 7 = " + sum + ". The answer is " + sum + ".",
              "answer",
              String.valueOf(sum)));
    }
    new ObjectMapper().writeValue(file.toFile(), rows);
  }
}
