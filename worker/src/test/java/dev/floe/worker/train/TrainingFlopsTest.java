package dev.floe.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.Placement;
import dev.floe.worker.Golden;
import dev.floe.worker.config.BackboneConfig;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two layers, hidden size and heads of 32 features, a vocabulary of 128; computed by hand. */
class TrainingFlopsTest {
  private static final int TOKENS = 10;
  private static final int LABELS = 6;

  /**
   * With P weights in a layer's linears: forward 2 · (20 P + 12800) + 49152, backward through one
   * layer 20 P + 25600 + 49152, the adapter 6 · 100 · 10.
   */
  @ParameterizedTest
  @CsvSource({
    "llama-gqa, 662384", // P = 1024 + 512 + 512 + 1024 + 3 · 1792 = 8448
    "bloom, 892784", // P = 3072 + 1024 + 2 · 4096 = 12288
    "gptj, 892784", // P = 4 · 1024 + 2 · 4096 = 12288
    "opt, 647024", // P = 4 · 1024 + 2 · 2048 = 8192
    "gpt_neox, 647024" // P = 3072 + 1024 + 2 · 2048 = 8192
  })
  void row_withLoraOnTheUpperLayer_isWhatHandsCompute(String model, double expected)
      throws IOException {
    AdapterSpec lora = AdapterSpec.Lora.plain(Placement.ofRole("attention"), 4, 8, 0);
    assertThat(new TrainingFlops(config(model), lora, 1, 100).row(TOKENS, LABELS))
        .isEqualTo(expected);
  }

  @Test
  void row_ofFullTraining_isThreeTimesTheForwardPass() throws IOException {
    AdapterSpec full = AdapterSpec.Full.everyWeight(AdapterSpec.Initial.PRETRAINED);
    double forward = 2 * (20 * 8448 + 12800) + 49152;
    assertThat(new TrainingFlops(config("llama-gqa"), full, 0, 1).row(TOKENS, LABELS))
        .isEqualTo(3 * forward)
        .isEqualTo(1238016);
  }

  @Test
  void row_behindAPrefix_asksForMoreKeysThanItHasTokens() throws IOException {
    AdapterSpec prefix = new AdapterSpec.Prefix(4, false, 0);
    assertThat(new TrainingFlops(config("llama-gqa"), prefix, 0, 1).row(TOKENS, LABELS))
        .isEqualTo(881664);
  }

  private static BackboneConfig config(String model) throws IOException {
    return BackboneConfig.read(Golden.path(model + "/model"));
  }
}
