package dev.floe.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.Placement;
import dev.floe.worker.Golden;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.kernel.Kernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LanesTest {
  private NDManager manager;
  private Backbone backbone;
  private int threads;

  @BeforeEach
  void load() throws IOException {
    manager = NDManager.newBaseManager("PyTorch");
    threads = JniUtils.getNumThreads();
    Kernels.prepareThread();
    backbone = Backbone.load(manager, Golden.path("llama/model"), ComputeType.FLOAT32);
  }

  @AfterEach
  void close() {
    JniUtils.setNumThreads(threads);
    manager.close();
  }

  @Test
  void sideBySide_isTheTrainingOfOneThread() {
    List<Double> alone = losses(1, 0);
    List<Double> together = losses(2, 0);
    assertThat(alone.get(3)).isLessThan(alone.get(0));
    for (int i = 0; i < alone.size(); i++) {
      assertThat(together.get(i)).isCloseTo(alone.get(i), within(1e-5));
    }
  }

  @Test
  void sideBySide_isTheSameBitForBit_withDropoutToo() {
    List<Double> first = losses(3, 0.3);
    for (int i = 0; i < 5; i++) {
      assertThat(losses(3, 0.3)).isEqualTo(first);
    }
  }

  @Test
  void lanes_keepTheOrderOfTasksAndTellWhatTheyThrow() {
    try (Lanes lanes = new Lanes(2)) {
      assertThat(lanes.run(List.of(() -> 1, () -> 2, () -> 3))).containsExactly(1, 2, 3);
      assertThatThrownBy(
              () ->
                  lanes.run(
                      List.of(
                          () -> {
                            throw new IllegalArgumentException("no");
                          })))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void lanes_leaveTheCallersThreadsAlone() {
    JniUtils.setNumThreads(2);
    try (Lanes lanes = new Lanes(2)) {
      assertThat(lanes.run(List.of(JniUtils::getNumThreads))).containsExactly(1);
      assertThat(JniUtils.getNumThreads()).isEqualTo(2);
    }
  }

  private List<Double> losses(int count, double dropout) {
    JniUtils.setNumThreads(count);
    AdapterSpec spec = AdapterSpec.Lora.plain(Placement.ofRole("all-linear"), 4, 8, dropout);
    List<Double> losses = new ArrayList<>();
    try (Adapter adapter = Adapters.create(spec, backbone, 1);
        Trainer trainer = new Trainer(backbone, adapter, 0, 1, 5)) {
      for (int step = 0; step < 4; step++) {
        losses.add(trainer.step(rows(), 2, 1e-2, step).loss());
      }
    }
    return losses;
  }

  private static List<TrainingRow> rows() {
    Random random = new Random(3);
    List<TrainingRow> rows = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      int[] tokens = random.ints(5 + i, 3, 100).toArray();
      rows.add(new TrainingRow(tokens, tokens));
    }
    return rows;
  }
}
