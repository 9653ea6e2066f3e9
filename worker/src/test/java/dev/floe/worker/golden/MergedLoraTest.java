package dev.floe.worker.golden;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.ComputeType;
import dev.floe.worker.adapter.LoraMerge;
import dev.floe.worker.backbone.Attachment;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.kernel.Kernels;
import dev.floe.worker.safetensors.SafetensorsFile;
import dev.floe.worker.train.GradientPass;
import java.io.IOException;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Merged weights alone give the loss of the backbone with the adapter beside it. */
class MergedLoraTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"lora-dora", "lora-bias-all", "lora-bias-lora-only"})
  void mergedModel_givesTheGoldenLoss(String name) throws IOException {
    GoldenModel golden = new GoldenModel("opt");
    Path out = directory.resolve("merged");
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        SafetensorsFile expected = golden.open("adapters/" + name + "/expected.safetensors")) {
      Kernels.prepareThread();
      try (Backbone backbone = Backbone.load(manager, golden.model(), ComputeType.FLOAT32)) {
        assertThat(LoraMerge.write(backbone, golden.adapterDirectory(name), out)).isEqualTo(4);
      }
      try (Backbone merged = Backbone.load(manager, out, ComputeType.FLOAT32)) {
        double loss =
            new GradientPass(merged, merged.decoder(Attachment.NONE))
                .loss(GoldenModel.rows(expected, "").rows());
        assertThat(loss).isCloseTo(GoldenModel.floats(expected, "loss")[0], Offset.offset(1e-5));
      }
    }
  }
}
