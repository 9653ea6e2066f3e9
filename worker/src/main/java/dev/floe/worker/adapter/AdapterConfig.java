package dev.floe.worker.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Bias;
import dev.floe.protocol.job.AdapterSpec.Insertion;
import dev.floe.protocol.job.LayerSet;
import dev.floe.protocol.job.Placement;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.LinearModule;
import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.files.MalformedJsonException;
import dev.floe.worker.files.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * {@code adapter_config.json}: PEFT's fields for LoRA and prefix tuning, and those of the paper's
 * PEFT fork ({@code peft_type: BOTTLENECK}) for series and parallel adapters.
 */
final class AdapterConfig {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final long LARGEST = 1 << 20;
  private static final Set<String> FREE =
      Set.of("target_modules", "layers_to_transform", "lora_dropout", "adapter_dropout");

  private final ObjectNode fields;

  private AdapterConfig(ObjectNode fields) {
    this.fields = fields;
  }

  static AdapterConfig of(AdapterSpec spec, Backbone tuned) {
    ObjectNode fields = JSON.createObjectNode();
    fields.put("base_model_name_or_path", tuned.description().path());
    fields.put("inference_mode", true);
    fields.put("task_type", "CAUSAL_LM");
    if (spec instanceof AdapterSpec.Lora lora) {
      lora(fields, lora);
      placement(fields, lora.placement(), tuned, false);
    } else if (spec instanceof AdapterSpec.Series series) {
      bottleneck(
          fields,
          series.bottleneck(),
          series.activation(),
          series.scaling(),
          series.dropout(),
          false);
      fields.put("insertion", series.insertion().name().toLowerCase(Locale.ROOT));
      placement(fields, series.placement(), tuned, true);
    } else if (spec instanceof AdapterSpec.Parallel parallel) {
      bottleneck(
          fields,
          parallel.bottleneck(),
          parallel.activation(),
          parallel.scaling(),
          parallel.dropout(),
          true);
      placement(fields, parallel.placement(), tuned, false);
    } else if (spec instanceof AdapterSpec.Ia3 ia3) {
      ia3(fields, ia3, tuned);
    } else if (spec instanceof AdapterSpec.Prefix prefix) {
      prefix(fields, prefix, tuned.config());
    } else if (spec instanceof AdapterSpec.Prompt prompt) {
      prompt(fields, prompt, tuned);
    } else if (spec instanceof AdapterSpec.PTuning pTuning) {
      pTuning(fields, pTuning, tuned.config());
    } else {
      throw new IllegalArgumentException("no adapter_config.json for " + spec);
    }
    return new AdapterConfig(fields);
  }

  /** Every field that PEFT writes and that says something about LoRA. */
  private static void lora(ObjectNode fields, AdapterSpec.Lora lora) {
    fields.put("peft_type", "LORA");
    fields.put("r", lora.rank());
    number(fields, "lora_alpha", lora.alpha());
    fields.put("lora_dropout", lora.dropout());
    fields.put("bias", lora.bias().name().toLowerCase(Locale.ROOT));
    fields.put("fan_in_fan_out", false);
    fields.put("init_lora_weights", true);
    fields.put("use_rslora", lora.rslora());
    fields.put("use_dora", lora.dora());
    fields.putNull("modules_to_save");
    fields.putNull("layers_pattern");
    fields.putObject("rank_pattern");
    fields.putObject("alpha_pattern");
    fields.putNull("revision");
  }

  /** Every field that PEFT writes, except for what is unset. */
  private static void ia3(ObjectNode fields, AdapterSpec.Ia3 ia3, Backbone backbone) {
    List<LinearModule> selected = Placements.select(ia3.placement(), backbone, false);
    List<LinearModule> ofInput = selected.stream().filter(Ia3Adapter::scalesInput).toList();
    fields.put("peft_type", "IA3");
    fields.put("fan_in_fan_out", false);
    fields.put("init_ia3_weights", true);
    fields.putNull("modules_to_save");
    fields.putNull("revision");
    texts(fields, "target_modules", Placements.Targets.anywhere(selected, backbone));
    texts(fields, "feedforward_modules", Placements.Targets.anywhere(ofInput, backbone));
  }

  private static void texts(ObjectNode fields, String name, List<String> values) {
    ArrayNode list = fields.putArray(name);
    values.forEach(list::add);
  }

  /** Every field that PEFT writes and reads; heads and width are those of keys and values. */
  private static void prefix(
      ObjectNode fields, AdapterSpec.Prefix prefix, BackboneConfig backbone) {
    int width = backbone.keyValueHeads() * backbone.headDimension();
    fields.put("peft_type", "PREFIX_TUNING");
    fields.put("prefix_projection", prefix.projection());
    fields.put("encoder_hidden_size", orElse(prefix.encoderSize(), width));
    virtualTokens(fields, prefix.virtualTokens(), width, backbone.keyValueHeads(), backbone);
  }

  private static void prompt(ObjectNode fields, AdapterSpec.Prompt prompt, Backbone backbone) {
    BackboneConfig config = backbone.config();
    boolean text = prompt.initText() != null;
    fields.put("peft_type", "PROMPT_TUNING");
    fields.put("prompt_tuning_init", text ? "TEXT" : "RANDOM");
    fields.put("prompt_tuning_init_text", prompt.initText());
    fields.put("tokenizer_name_or_path", text ? backbone.description().path() : null);
    virtualTokens(fields, prompt.virtualTokens(), config.hidden(), config.heads(), config);
  }

  private static void pTuning(
      ObjectNode fields, AdapterSpec.PTuning pTuning, BackboneConfig config) {
    fields.put("peft_type", "P_TUNING");
    fields.put("encoder_reparameterization_type", pTuning.encoder().name());
    fields.put("encoder_hidden_size", orElse(pTuning.encoderSize(), config.hidden()));
    fields.put("encoder_num_layers", 2);
    fields.put("encoder_dropout", 0.0);
    virtualTokens(fields, pTuning.virtualTokens(), config.hidden(), config.heads(), config);
  }

  private static int orElse(int size, int width) {
    return size == 0 ? width : size;
  }

  private static void virtualTokens(
      ObjectNode fields, int count, int width, int heads, BackboneConfig backbone) {
    fields.put("num_virtual_tokens", count);
    fields.put("token_dim", width);
    fields.put("num_layers", backbone.layers());
    fields.put("num_attention_heads", heads);
    fields.put("num_transformer_submodules", 1);
    fields.putNull("auto_mapping");
    fields.putNull("modules_to_save");
    fields.putNull("revision");
  }

  private static void bottleneck(
      ObjectNode fields,
      int width,
      Activation activation,
      double scaling,
      double dropout,
      boolean parallel) {
    fields.put("peft_type", "BOTTLENECK");
    fields.put("bottleneck_size", width);
    fields.put("non_linearity", activation.name().toLowerCase(Locale.ROOT));
    fields.put("scaling", scaling);
    fields.put("adapter_dropout", dropout);
    fields.put("bias", "none");
    fields.put("use_parallel_adapter", parallel);
  }

  /** Whole numbers are written as PEFT writes them, without a fraction. */
  private static void number(ObjectNode fields, String name, double value) {
    if (value == Math.rint(value)) {
      fields.put(name, (long) value);
    } else {
      fields.put(name, value);
    }
  }

  private static void placement(
      ObjectNode fields, Placement placement, Backbone backbone, boolean outputsOnly) {
    Placements.Targets targets =
        Placements.Targets.of(
            Placements.select(placement, backbone, outputsOnly), backbone.config().layers());
    texts(fields, "target_modules", targets.modules());
    if (targets.layers().isEmpty()) {
      fields.putNull("layers_to_transform");
    } else {
      ArrayNode layers = fields.putArray("layers_to_transform");
      targets.layers().forEach(layers::add);
    }
  }

  /**
   * Makes sure that an adapter on disk computes what a job asks for. Where it sits is told by its
   * tensors; dropout is the job's own.
   *
   * @throws InvalidJobException the first field in which they differ
   */
  static void requireSame(Path file, AdapterSpec stored, AdapterSpec asked, Backbone backbone) {
    if (stored.getClass() != asked.getClass()) {
      throw new InvalidJobException(
          "%s: holds a %s adapter, but the job asks for %s"
              .formatted(file, kind(stored), kind(asked)));
    }
    ObjectNode has = of(stored, backbone).fields;
    ObjectNode wants = of(asked, backbone).fields;
    for (Map.Entry<String, JsonNode> field : wants.properties()) {
      String name = field.getKey();
      JsonNode value = has.get(name);
      if (!FREE.contains(name) && !field.getValue().equals(value)) {
        throw new InvalidJobException(
            "%s: %s is %s, but the job asks for %s"
                .formatted(file, name, value == null ? "missing" : value, field.getValue()));
      }
    }
  }

  private static String kind(AdapterSpec spec) {
    return spec.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  String toJson() {
    try {
      return JSON.writeValueAsString(fields) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("adapter_config.json could not be written", e);
    }
  }

  /**
   * Reads a file back.
   *
   * @throws InvalidJobException when the file describes something that floe does not have
   */
  static AdapterSpec read(Path file) throws IOException {
    Reader reader = new Reader(file, fields(file));
    try {
      return spec(reader);
    } catch (IllegalArgumentException e) {
      throw new InvalidJobException(file + ": " + e.getMessage(), e);
    }
  }

  private static ObjectNode fields(Path file) throws IOException {
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

  private static AdapterSpec spec(Reader reader) {
    return switch (reader.text("peft_type")) {
      case "LORA" -> reader.lora();
      case "IA3" -> reader.ia3();
      case "PREFIX_TUNING" -> reader.prefix();
      case "PROMPT_TUNING", "P_TUNING" -> reader.prompt();
      case "BOTTLENECK" -> reader.bottleneck();
      default ->
          throw reader.unsupported(
              "peft_type", "LORA, IA3, PREFIX_TUNING, PROMPT_TUNING, P_TUNING, BOTTLENECK");
    };
  }

  private record Reader(Path file, ObjectNode fields) {

    AdapterSpec lora() {
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
          bias());
    }

    private Bias bias() {
      return switch (fields.path("bias").asText("none")) {
        case "none" -> Bias.NONE;
        case "all" -> Bias.ALL;
        case "lora_only" -> Bias.LORA_ONLY;
        default -> throw unsupported("bias", "none, all, lora_only");
      };
    }

    AdapterSpec ia3() {
      refuseNotEmpty("modules_to_save");
      return new AdapterSpec.Ia3(placement());
    }

    /** A projection has done its work: the file holds what came out of it. */
    AdapterSpec prefix() {
      refuseNotEmpty("modules_to_save");
      return AdapterSpec.Prefix.plain(integer("num_virtual_tokens"));
    }

    /** An encoder, likewise: p-tuning's file reads as prompt tuning's. */
    AdapterSpec prompt() {
      refuseNotEmpty("modules_to_save");
      return new AdapterSpec.Prompt(integer("num_virtual_tokens"), null);
    }

    AdapterSpec bottleneck() {
      Activation activation = activation();
      double scaling = fields.path("scaling").asDouble(1);
      double dropout = fields.path("adapter_dropout").asDouble(0);
      int width = integer("bottleneck_size");
      if (fields.path("use_parallel_adapter").asBoolean()) {
        return new AdapterSpec.Parallel(placement(), width, activation, scaling, dropout);
      }
      Insertion insertion =
          fields.path("insertion").asText("output").equals("input")
              ? Insertion.INPUT
              : Insertion.OUTPUT;
      return new AdapterSpec.Series(placement(), width, activation, scaling, dropout, insertion);
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

    String text(String name) {
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

    InvalidJobException unsupported(String name, String known) {
      return new InvalidJobException(
          file + ": " + name + " is " + fields.get(name) + ", floe knows " + known);
    }
  }
}
