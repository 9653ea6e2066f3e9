package dev.floe.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DeviceSlotTest {
  @Test
  void all_isEveryGpuOrElseTheProcessor() {
    assertThat(DeviceSlot.parse("all", 8, 2))
        .extracting(DeviceSlot::name)
        .containsExactly("cuda0", "cuda1");
    assertThat(DeviceSlot.parse("all", 8, 0)).containsExactly(new DeviceSlot("cpu", 0, 8));
  }

  @Test
  void processesOfOneMachine_shareItsProcessors() {
    assertThat(DeviceSlot.parse("cpu:2", 8, 0))
        .containsExactly(new DeviceSlot("cpu", 0, 4), new DeviceSlot("cpu", 1, 4));
    assertThat(DeviceSlot.parse("cpu:3", 2, 0)).extracting(DeviceSlot::threads).containsOnly(1);
  }

  @Test
  void whatIsNotThere_isSaid() {
    assertThatThrownBy(() -> DeviceSlot.parse("cuda:2", 8, 2))
        .hasMessage("there is no cuda:2: this machine has 2 CUDA devices");
    assertThatThrownBy(() -> DeviceSlot.parse("gpu", 8, 2)).hasMessageContaining("got 'gpu'");
    assertThatThrownBy(() -> DeviceSlot.parse("cuda:0,cuda:0", 8, 2))
        .hasMessageContaining("names a device twice");
    assertThatThrownBy(() -> DeviceSlot.parse("cpu:0", 8, 0))
        .hasMessageContaining("at least one process");
  }
}
