package dev.floe.sweeps.file;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys of a sweep file, by section; and what somebody may have meant who wrote another. */
final class Keys {
  /** The path of the file's own level. */
  static final String ROOT = "";

  private static final Map<String, List<String>> SECTIONS = new LinkedHashMap<>();

  static {
    SECTIONS.put(
        ROOT,
        List.of(
            "name",
            "backbone",
            "data",
            "adapter",
            "train",
            "seeds",
            "dtype",
            "evaluate",
            "bundles",
            "checkpoint",
            "failures"));
    SECTIONS.put(
        "data", List.of("train", "evaluate", "prompt", "cutoff", "train-on-inputs", "order"));
    SECTIONS.put("data.evaluate", List.of("file", "task"));
    SECTIONS.put(
        "adapter",
        List.of(
            "type",
            "placement",
            "rank",
            "virtual-tokens",
            "projection",
            "encoder",
            "encoder-size",
            "init-text",
            "alpha",
            "dropout",
            "rslora",
            "dora",
            "bias",
            "activation",
            "scaling",
            "insertion",
            "init"));
    SECTIONS.put("adapter.placement", List.of("role", "modules", "match", "layers"));
    SECTIONS.put(
        "train",
        List.of(
            "epochs",
            "steps",
            "batch",
            "micro-batch",
            "learning-rate",
            "schedule",
            "warmup-steps",
            "warmup-ratio",
            "group-by-length",
            "weight-decay",
            "clip"));
    SECTIONS.put("evaluate", List.of("decode", "max-new-tokens", "limit"));
    SECTIONS.put("bundles", List.of("max-jobs", "token-budget"));
  }

  static {
    SECTIONS.put("checkpoint", List.of("every-steps", "every-seconds", "path"));
    SECTIONS.put("failures", List.of("lost", "hung", "out-of-memory", "bug", "poison"));
    SECTIONS.put("failures.poison", List.of("takedowns"));
    List<String> policy = List.of("attempts", "free", "delay", "max-delay", "jitter");
    for (String kind : List.of("lost", "hung", "out-of-memory", "bug")) {
      SECTIONS.put("failures." + kind, policy);
    }
  }

  private Keys() {}

  static List<String> of(String section) {
    return SECTIONS.get(section);
  }

  /** The complaint about an unknown key, with the nearest known one if there is one near. */
  static String unknown(String section, String key) {
    Optional<String> near = Spelling.nearest(key, of(section));
    if (near.isPresent()) {
      return "unknown key; did you mean " + near.get() + "?";
    }
    return elsewhere(section, key)
        .map(path -> "unknown key here; did you mean " + path + "?")
        .orElseGet(() -> "unknown key; known here are " + String.join(", ", of(section)));
  }

  private static Optional<String> elsewhere(String section, String key) {
    return SECTIONS.entrySet().stream()
        .filter(other -> !other.getKey().equals(section) && other.getValue().contains(key))
        .map(other -> other.getKey().isEmpty() ? key : other.getKey() + "." + key)
        .findFirst();
  }
}
