package dev.floe.worker.config;

import dev.floe.worker.config.Rope.Scaling;
import java.util.Optional;

/**
 * Reads the rotary embedding's keys: {@code rope_parameters} as transformers writes them since
 * version 5, or keys at the top level and {@code rope_scaling} as before.
 */
final class RopeReader {
  private static final String FRACTION = "partial_rotary_factor";
  private static final double DEFAULT_THETA = 10_000;

  private RopeReader() {}

  /**
   * @param oldTheta the family's old name of the base, such as {@code rope_theta}
   */
  static Rope rope(ConfigJson json, String oldTheta) {
    Optional<ConfigJson> parameters = json.object("rope_parameters");
    double topLevel = json.positive(oldTheta, DEFAULT_THETA);
    double theta = parameters.map(p -> p.positive("rope_theta", topLevel)).orElse(topLevel);
    Scaling scaling =
        parameters
            .or(() -> json.object("rope_scaling"))
            .map(keys -> scaling(keys, json))
            .orElseGet(Rope.Unscaled::new);
    return new Rope(theta, scaling);
  }

  /** The part of each head that is rotated, up to 1. */
  static double fraction(ConfigJson json, String oldKey, double absent) {
    ConfigJson holder = json.object("rope_parameters").filter(p -> p.has(FRACTION)).orElse(json);
    String key = holder.spelling(FRACTION, oldKey);
    double fraction = holder.positive(key, absent);
    if (fraction > 1) {
      throw holder.invalid(key + " must be at most 1, got " + fraction);
    }
    return fraction;
  }

  private static Scaling scaling(ConfigJson rope, ConfigJson config) {
    String key = rope.has("rope_type") ? "rope_type" : "type";
    String type = rope.string(key, "default");
    return switch (type) {
      case "default" -> new Rope.Unscaled();
      case "linear" -> new Rope.Linear(rope.positive("factor"));
      case "dynamic" -> dynamic(rope, config);
      case "llama3" -> llama3(rope);
      default -> throw rope.unsupported(key, type, "default, linear, dynamic, llama3");
    };
  }

  private static Scaling dynamic(ConfigJson rope, ConfigJson config) {
    double factor = rope.positive("factor");
    if (factor < 1) {
      throw rope.invalid("factor must be at least 1, got " + factor);
    }
    return new Rope.Dynamic(factor, CommonKeys.context(config, "max_position_embeddings"));
  }

  private static Scaling llama3(ConfigJson rope) {
    double low = rope.positive("low_freq_factor");
    double high = rope.positive("high_freq_factor");
    if (low >= high) {
      throw rope.invalid(
          "low_freq_factor %s must be below high_freq_factor %s".formatted(low, high));
    }
    return new Rope.Llama3(
        rope.positive("factor"), low, high, rope.positive("original_max_position_embeddings"));
  }
}
