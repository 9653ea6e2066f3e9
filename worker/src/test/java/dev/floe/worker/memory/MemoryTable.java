package dev.floe.worker.memory;

import dev.floe.protocol.job.ComputeType;
import java.util.List;

/** The configurations that the model is held against. */
final class MemoryTable {
  private static final ComputeType F32 = ComputeType.FLOAT32;
  private static final ComputeType BF16 = ComputeType.BFLOAT16;
  private static final String QV = "q_proj,v_proj";
  private static final String ATTENTION = "q_proj,k_proj,v_proj,o_proj";
  private static final String MLP = "gate_proj,up_proj,down_proj";

  /** Above the rows of the table. */
  static final String HEADER =
      """
      | backbone | adapter | layers | type | tokens a row | batch / micro-batch | jobs | threads | predicted MB | measured MB | error |
      |---|---|---|---|---|---|---|---|---|---|---|\
      """;

  private MemoryTable() {}

  /** Ten that differ in size, adapter, passes, type and number of jobs. */
  static List<Configuration> ten() {
    return List.of(
        llama("lora", 8, QV, "all", F32, 150, 150, 16, 4, 1, 500, 2),
        llama("lora", 16, ATTENTION, "all", F32, 300, 512, 8, 4, 1, 500, 1),
        llama("lora-dropout", 64, MLP, "all", F32, 200, 256, 8, 8, 1, 500, 1),
        llama("dora", 8, ATTENTION, "all", F32, 100, 256, 16, 8, 1, 500, 2),
        llama("lora", 8, QV, "last-half", F32, 256, 256, 16, 8, 1, 500, 2),
        llama("lora", 8, QV, "all", F32, 60, 70, 8, 4, 8, 2048, 2),
        mid("lora", 16, ATTENTION, "all", BF16, 256, 256, 8, 4, 1, 500, 2),
        mid("series", 32, MLP, "all", F32, 128, 256, 8, 4, 1, 500, 1),
        mid("ia3", 1, ATTENTION, "all", BF16, 200, 256, 4, 2, 6, 4096, 2),
        opt("parallel", 32, QV, "all", F32, 128, 128, 8, 4, 2, 2048, 1));
  }

  static String backbone(String name) {
    return switch (name) {
      case "llama-small" -> GeneratedBackbone.llama(2_048, 256, 688, 8, 8, 8);
      case "llama-mid" -> GeneratedBackbone.llama(16_000, 512, 1_376, 10, 8, 4);
      case "opt-mid" -> GeneratedBackbone.opt(32_000, 384, 1_536, 6, 6);
      default -> throw new IllegalArgumentException(name);
    };
  }

  static int vocabulary(String name) {
    return switch (name) {
      case "llama-small" -> 2_048;
      case "llama-mid" -> 16_000;
      default -> 32_000;
    };
  }

  private static Configuration llama(
      String adapter, int rank, String modules, String layers, ComputeType type, int... numbers) {
    return of("llama-small", adapter, rank, modules, layers, type, numbers);
  }

  private static Configuration mid(
      String adapter, int rank, String modules, String layers, ComputeType type, int... numbers) {
    return of("llama-mid", adapter, rank, modules, layers, type, numbers);
  }

  private static Configuration opt(
      String adapter, int rank, String modules, String layers, ComputeType type, int... numbers) {
    return of("opt-mid", adapter, rank, modules, layers, type, numbers);
  }

  private static Configuration of(
      String backbone,
      String adapter,
      int rank,
      String modules,
      String layers,
      ComputeType type,
      int... n) {
    return new Configuration(
        backbone, adapter, rank, modules, layers, type, n[0], n[1], n[2], n[3], n[4], n[5], n[6]);
  }
}
