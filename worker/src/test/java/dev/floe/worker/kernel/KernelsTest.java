package dev.floe.worker.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.floe.protocol.job.ComputeType;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KernelsTest {
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

  @Test
  void everyKernel_compiles() {
    NDArray x = manager.ones(new Shape(2, 4));
    assertThat(kernels.linear(manager, x, manager.ones(new Shape(3, 4)), List.of()).toFloatArray())
        .containsOnly(4f);
    assertThat(
            kernels
                .linear(
                    manager,
                    x,
                    manager.ones(new Shape(3, 4)),
                    List.of(manager.create(new float[] {1, 2, 3})))
                .toFloatArray())
        .containsExactly(5, 6, 7, 5, 6, 7);
  }

  @Test
  void gradient_flowsThroughAKernelWhenRecording() {
    NDArray weight = manager.ones(new Shape(3, 4));
    weight.setRequiresGradient(true);
    NDArray x = manager.create(new float[] {1, 2, 3, 4}, new Shape(1, 4));
    try (GradMode mode = GradMode.recording()) {
      NDArray y = kernels.linear(manager, x, weight, List.of());
      JniUtils.backward((PtNDArray) y, (PtNDArray) manager.ones(new Shape(1, 3)), false, false);
    }
    assertThat(weight.getGradient().toFloatArray())
        .containsExactly(1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4);
  }

  @Test
  void adamw_matchesTheFormulaAndZeroesTheGradient() {
    NDArray value = manager.create(new float[] {1f, -2f});
    NDArray gradient = manager.create(new float[] {3f, 4f});
    NDArray mean = manager.zeros(new Shape(2));
    NDArray square = manager.zeros(new Shape(2));
    try (GradMode mode = GradMode.off()) {
      NDArray norm =
          kernels.adamw(
              manager,
              List.of(value),
              List.of(gradient),
              List.of(mean),
              List.of(square),
              0.1,
              0.01,
              1.0,
              0.1,
              0.001);
      assertThat(norm.getFloat()).isEqualTo(5f);
    }
    assertThat(gradient.toFloatArray()).containsOnly(0f);
    // the first step of Adam moves by the rate in the gradient's direction, after decay
    assertThat(value.toFloatArray()[0])
        .isCloseTo(0.999f - 0.1f, org.assertj.core.data.Offset.offset(1e-5f));
    assertThat(value.toFloatArray()[1])
        .isCloseTo(-1.998f - 0.1f, org.assertj.core.data.Offset.offset(1e-5f));
  }
}
