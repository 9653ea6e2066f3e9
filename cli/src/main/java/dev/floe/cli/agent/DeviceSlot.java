package dev.floe.cli.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A device that gets a process of its own.
 *
 * @param kind {@code cpu} or {@code cuda}
 * @param index of the GPU as the driver counts; of the processor's share, from 0
 * @param threads compute threads of the process
 */
record DeviceSlot(String kind, int index, int threads) {
  static final String CPU = "cpu";
  static final String CUDA = "cuda";

  private static final Pattern ONE = Pattern.compile("(cpu|cuda):(\\d{1,4})");

  /** Such as {@code cuda0}. */
  String name() {
    return kind + index;
  }

  /**
   * Reads what {@code --devices} says: {@code all} for every GPU, or the processor where there is
   * none; {@code cpu:2} for two processes that share the processor; {@code cuda:0,cuda:1}.
   *
   * @param processors of this machine, which all processes share evenly
   * @param gpus of this machine
   * @throws IllegalArgumentException with one line for the user
   */
  static List<DeviceSlot> parse(String devices, int processors, int gpus) {
    List<String> names = new ArrayList<>();
    if (devices.equals("all")) {
      for (int i = 0; i < gpus; i++) {
        names.add(CUDA + i);
      }
      if (gpus == 0) {
        names.add(CPU + 0);
      }
    } else {
      for (String device : devices.split(",", -1)) {
        addNames(names, device.strip(), gpus);
      }
    }
    if (names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException("names a device twice: " + devices);
    }
    int threads = Math.max(1, processors / names.size());
    return names.stream().map(name -> ofName(name, threads)).toList();
  }

  private static void addNames(List<String> names, String device, int gpus) {
    if (device.equals(CPU)) {
      names.add(CPU + 0);
      return;
    }
    Matcher one = ONE.matcher(device);
    if (!one.matches()) {
      throw new IllegalArgumentException(
          "must be all, cpu:N, or a list such as cuda:0,cuda:1; got '" + device + "'");
    }
    int number = Integer.parseInt(one.group(2));
    if (one.group(1).equals(CUDA)) {
      if (number >= gpus) {
        throw new IllegalArgumentException(
            "there is no " + device + ": this machine has " + gpus + " CUDA devices");
      }
      names.add(CUDA + number);
      return;
    }
    if (number < 1) {
      throw new IllegalArgumentException("cpu:N needs at least one process, got " + device);
    }
    for (int i = 0; i < number; i++) {
      names.add(CPU + i);
    }
  }

  private static DeviceSlot ofName(String name, int threads) {
    String kind = name.startsWith(CUDA) ? CUDA : CPU;
    return new DeviceSlot(kind, Integer.parseInt(name.substring(kind.length())), threads);
  }
}
