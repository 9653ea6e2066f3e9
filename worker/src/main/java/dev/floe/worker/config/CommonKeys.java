package dev.floe.worker.config;

import dev.floe.worker.safetensors.DType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Config values that every family has, in the bounds that floe believes. */
final class CommonKeys {
  static final int WIDEST = 1 << 20;
  static final int LONGEST_CONTEXT = 1 << 28;

  private static final int MOST_LAYERS = 1_000;
  private static final int LARGEST_VOCABULARY = 1 << 24;
  private static final double DEFAULT_INITIALIZER_RANGE = 0.02;

  private CommonKeys() {}

  static int layers(ConfigJson json, String... spellings) {
    return json.size(json.spelling(spellings), MOST_LAYERS);
  }

  static int width(ConfigJson json, String... spellings) {
    return json.size(json.spelling(spellings), WIDEST);
  }

  /** Attention heads that share the stream's width evenly. */
  static int heads(ConfigJson json, int hidden, String... spellings) {
    String key = json.spelling(spellings);
    int heads = json.size(key, WIDEST);
    if (hidden % heads != 0) {
      throw json.invalid(
          "the hidden size %d is no multiple of %s %d".formatted(hidden, key, heads));
    }
    return heads;
  }

  static int context(ConfigJson json, String... spellings) {
    return json.size(json.spelling(spellings), LONGEST_CONTEXT);
  }

  static int vocabulary(ConfigJson json) {
    return json.size("vocab_size", LARGEST_VOCABULARY);
  }

  static double initializerRange(ConfigJson json, String key) {
    return json.positive(key, DEFAULT_INITIALIZER_RANGE);
  }

  /** Chat models name tokens that end a text in their generation config alone. */
  static SpecialTokens specialTokens(ConfigJson json, int vocabulary) {
    Set<Integer> ends = new LinkedHashSet<>(json.tokens("eos_token_id", vocabulary));
    json.generation()
        .ifPresent(generation -> ends.addAll(generation.tokens("eos_token_id", vocabulary)));
    return new SpecialTokens(
        json.token("bos_token_id", vocabulary),
        List.copyOf(ends),
        json.token("pad_token_id", vocabulary));
  }

  /** The kernel library's name of an activation. */
  static String activation(ConfigJson json, String key, String absent) {
    String name = json.string(key, absent);
    return switch (name) {
      case "relu", "tanh", "gelu", "silu" -> name;
      case "swish" -> "silu";
      case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> "gelu_tanh";
      default ->
          throw json.unsupported(
              key, name, "gelu, gelu_new, gelu_fast, gelu_pytorch_tanh, relu, silu, tanh");
    };
  }

  static void refuseQuantized(ConfigJson json) {
    if (json.has("quantization_config")) {
      throw json.invalid(
          "quantization_config: quantised checkpoints are not read; use the original weights");
    }
  }

  /** Refuses a switch that changes what the layers compute, unless it has the one value known. */
  static void refuseUnless(ConfigJson json, String key, boolean known) {
    if (json.flag(key, known) != known) {
      throw json.unsupported(key, Boolean.toString(!known), Boolean.toString(known));
    }
  }

  /** {@code dtype}, or {@code torch_dtype} as it was called before, such as {@code bfloat16}. */
  static DType storedType(ConfigJson json) {
    String key = json.spelling("dtype", "torch_dtype");
    if (!json.has(key)) {
      return null;
    }
    String name = json.string(key);
    return switch (name) {
      case "float32" -> DType.F32;
      case "float16" -> DType.F16;
      case "bfloat16" -> DType.BF16;
      default -> throw json.unsupported(key, name, "float32, float16, bfloat16");
    };
  }
}
