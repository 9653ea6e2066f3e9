package dev.floe.worker.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Beside;
import dev.floe.protocol.job.AdapterSpec.Bias;
import dev.floe.protocol.job.AdapterSpec.Insertion;
import dev.floe.protocol.job.LayerSet;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.Scaling;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.files.MalformedJsonException;
import dev.floe.worker.files.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads {@code adapter_config.json}, whoever wrote it; {@link AdapterConfig} says what is in it.
 */
record AdapterConfigReader(Path file, ObjectNode fields) {
  private static final long LARGEST = 1 << 20;

  /**
   * Reads a file back.
   *
   * @throws InvalidJobException when the file describes something that floe does not have
   */
  static AdapterSpec read(Path file) throws IOException {
    AdapterConfigReader reader = new AdapterConfigReader(file, open(file));
    try {
      return reader.spec();
    } catch (IllegalArgumentException e) {
      throw new InvalidJobException(file + ": " + e.getMessage(), e);
    }
  }

  private static ObjectNode open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new InvalidJobException(
          file
              + ": there is no such file; name an adapter's directory (what full training leaves is"
              + " a backbone)");
    }
    try {
      return StrictJson.readObject(file, LARGEST);
    } catch (MalformedJsonException e) {
      throw new InvalidJobException(e.getMessage(), e);
    }
  }

  private AdapterSpec spec() {
    return switch (text("peft_type")) {
      case "LORA" -> lora();
      case "IA3" -> ia3();
      case "PREFIX_TUNING" -> prefix();
      case "PROMPT_TUNING", "P_TUNING" -> prompt();
      case "BOTTLENECK" -> bottleneck();
      default ->
          throw unsupported(
              "peft_type", "LORA, IA3, PREFIX_TUNING, PROMPT_TUNING, P_TUNING, BOTTLENECK");
    };
  }

  private AdapterSpec lora() {
    refuseNotEmpty("rank_pattern");
    refuseNotEmpty("alpha_pattern");
    refuseNotEmpty("modules_to_save");
    return new AdapterSpec.Lora(
        placement(),
        integer("r"),
        decimal("lora_alpha"),
        fields.path("lora_dropout").asDouble(),
        fields.path("use_rslora").asBoolean(),
        fields.path("use_dora").asBoolean(),
        bias(),
        null);
  }

  private Bias bias() {
    return switch (fields.path("bias").asText("none")) {
      case "none" -> Bias.NONE;
      case "all" -> Bias.ALL;
      case "lora_only" -> Bias.LORA_ONLY;
      default -> throw unsupported("bias", "none, all, lora_only");
    };
  }

  private AdapterSpec ia3() {
    refuseNotEmpty("modules_to_save");
    return new AdapterSpec.Ia3(placement());
  }

  /** A projection has done its work: the file holds what came out of it. */
  private AdapterSpec prefix() {
    refuseNotEmpty("modules_to_save");
    return AdapterSpec.Prefix.plain(integer("num_virtual_tokens"));
  }

  /** An encoder, likewise: p-tuning's file reads as prompt tuning's. */
  private AdapterSpec prompt() {
    refuseNotEmpty("modules_to_save");
    return new AdapterSpec.Prompt(integer("num_virtual_tokens"), null);
  }

  private AdapterSpec bottleneck() {
    Activation activation = activation();
    Scaling scaling = scaling();
    double dropout = fields.path("adapter_dropout").asDouble(0);
    int width = integer("bottleneck_size");
    if (fields.path("use_parallel_adapter").asBoolean()) {
      return new AdapterSpec.Parallel(
          placement(), width, activation, scaling, dropout, beside(), null);
    }
    Insertion insertion =
        fields.path("insertion").asText("output").equals("input")
            ? Insertion.INPUT
            : Insertion.OUTPUT;
    return new AdapterSpec.Series(
        placement(), width, activation, scaling, dropout, insertion, null);
  }

  private Beside beside() {
    return fields.path("beside").asText().equals("mlp_block")
        ? Beside.MLP_BLOCK
        : Beside.PROJECTIONS;
  }

  private Scaling scaling() {
    return fields.path("scaling").asText().equals(Scaling.LEARNED)
        ? Scaling.trained()
        : Scaling.fixed(fields.path("scaling").asDouble(1));
  }

  private Activation activation() {
    try {
      return Activation.valueOf(text("non_linearity").toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw unsupported("non_linearity", "tanh, relu, gelu, silu");
    }
  }

  /** PEFT reads one text as a regular expression over whole paths. */
  private Placement placement() {
    JsonNode targets = fields.path("target_modules");
    if (targets.isTextual()) {
      return within(layers(), Placement.ofMatch(targets.asText()));
    }
    if (!targets.isArray() || targets.isEmpty()) {
      throw unsupported("target_modules", "a list of module names or a regular expression");
    }
    List<String> modules = new ArrayList<>();
    targets.forEach(target -> modules.add(target.asText()));
    return within(layers(), Placement.ofModules(modules.stream().sorted().toList()));
  }

  private static Placement within(LayerSet layers, Placement placement) {
    return layers == null ? placement : placement.in(layers);
  }

  /** Null for all; PEFT takes a single number too. */
  private LayerSet layers() {
    JsonNode layers = fields.path("layers_to_transform");
    if (layers.isInt()) {
      return LayerSet.of(List.of(layers.asInt()));
    }
    if (!layers.isArray() || layers.isEmpty()) {
      return null;
    }
    List<Integer> numbers = new ArrayList<>();
    for (JsonNode layer : layers) {
      if (!layer.isInt() || layer.asInt() < 0) {
        throw unsupported("layers_to_transform", "layers counted from 0");
      }
      numbers.add(layer.asInt());
    }
    return LayerSet.of(numbers);
  }

  private String text(String name) {
    return fields.path(name).asText();
  }

  private int integer(String name) {
    if (!fields.path(name).isInt()) {
      throw unsupported(name, "a whole number");
    }
    return fields.path(name).asInt();
  }

  private double decimal(String name) {
    if (!fields.path(name).isNumber()) {
      throw unsupported(name, "a number");
    }
    return fields.path(name).asDouble();
  }

  private void refuseNotEmpty(String name) {
    if (!fields.path(name).isEmpty()) {
      throw unsupported(name, "nothing");
    }
  }

  private InvalidJobException unsupported(String name, String known) {
    return new InvalidJobException(
        file + ": " + name + " is " + fields.get(name) + ", floe knows " + known);
  }
}
