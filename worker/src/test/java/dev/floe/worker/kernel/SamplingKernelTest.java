package dev.floe.worker.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.protocol.job.ComputeType;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SamplingKernelTest {
  private static final double THIRD = 1.0 / 3;

  private static NDManager manager;
  private static Kernels kernels;

  @BeforeAll
  static void load() {
    manager = NDManager.newBaseManager("PyTorch");
    Kernels.prepareThread();
    kernels = Kernels.load(manager, ComputeType.FLOAT32);
  }

  @AfterAll
  static void close() {
    manager.close();
  }

  /** Probabilities in the order of the tokens. */
  private static double[] left(float[] logits, double temperature, int topK, double topP) {
    NDArray row = manager.create(logits, new Shape(1, logits.length));
    NDArray[] likely = kernels.tokens().likelyTokens(manager, row, temperature, topK, topP);
    double[] probabilities = new double[logits.length];
    long[] tokens = likely[1].toLongArray();
    for (int i = 0; i < tokens.length; i++) {
      probabilities[(int) tokens[i]] = likely[0].toDoubleArray()[i];
    }
    return probabilities;
  }

  private static float log(double probability) {
    return (float) Math.log(probability);
  }

  private static void assertLeft(double temperature, int topK, double topP, double... expected) {
    float[] logits = {log(0.1), log(0.4), log(0.2), log(0.3)};
    assertThat(left(logits, temperature, topK, topP)).containsExactly(expected, within(1e-6));
  }

  @Test
  void smallTable_isFilteredAsByHand() {
    assertLeft(1, 0, 1, 0.1, 0.4, 0.2, 0.3);
    assertLeft(0.5, 0, 1, 0.01 / 0.3, 0.16 / 0.3, 0.04 / 0.3, 0.09 / 0.3); // squares
    assertLeft(1, 2, 1, 0, 4 / 7.0, 0, 3 / 7.0);
    assertLeft(1, 9, 1, 0.1, 0.4, 0.2, 0.3);
    assertLeft(1, 0, 0.75, 0, 4 / 9.0, 2 / 9.0, THIRD); // 0.4 + 0.3 is not enough
    assertLeft(1, 0, 0.65, 0, 4 / 7.0, 0, 3 / 7.0);
    assertLeft(1, 0, 0.001, 0, 1, 0, 0);
    assertLeft(1, 2, 0.5, 0, 1, 0, 0); // of what top-k leaves, 4/7 is enough
  }

  @Test
  void filters_leaveWhatThoseOfTransformersLeave() throws IOException {
    JsonNode cases =
        new ObjectMapper()
            .readTree(SamplingKernelTest.class.getResourceAsStream("/sampling/warpers.json"));
    for (JsonNode one : cases) {
      for (int row = 0; row < one.get("logits").size(); row++) {
        double[] logits = numbers(one.get("logits").get(row));
        float[] narrow = new float[logits.length];
        for (int i = 0; i < narrow.length; i++) {
          narrow[i] = (float) logits[i];
        }
        assertThat(
                left(
                    narrow,
                    one.get("temperature").asDouble(),
                    one.get("top_k").asInt(),
                    one.get("top_p").asDouble()))
            .containsExactly(numbers(one.get("probabilities").get(row)), within(1e-6));
      }
    }
  }

  private static double[] numbers(JsonNode list) {
    double[] numbers = new double[list.size()];
    Arrays.setAll(numbers, i -> list.get(i).asDouble());
    return numbers;
  }

  @Test
  void draw_fallsOnTheTokenWhoseShareHoldsIt() {
    // the head is the identity, so hidden states are logits: most likely first 1 (0.5), 2, 0
    NDArray head = manager.eye(3);
    double[] draws = {0, 0.49, 0.51, 0.79, 0.81, Math.nextDown(1.0)};
    float[] row = {log(0.2), log(0.5), log(0.3)};
    float[] hidden = new float[draws.length * row.length];
    long[] picks = new long[draws.length];
    for (int i = 0; i < draws.length; i++) {
      System.arraycopy(row, 0, hidden, i * row.length, row.length);
      picks[i] = i;
    }
    NDArray states = manager.create(hidden, new Shape(draws.length, row.length));
    assertThat(
            kernels
                .tokens()
                .sample(
                    manager,
                    states,
                    manager.create(picks),
                    head,
                    List.of(),
                    1,
                    0,
                    1,
                    manager.create(draws))
                .toLongArray())
        .containsExactly(1, 1, 2, 2, 0, 0);
    assertThat(
            kernels
                .tokens()
                .sample(
                    manager,
                    states,
                    manager.create(picks),
                    head,
                    List.of(),
                    1,
                    2,
                    1,
                    manager.create(draws))
                .toLongArray())
        .containsExactly(1, 1, 1, 2, 2, 2);
  }
}
