package dev.floe.worker.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.InitWeights;
import dev.floe.protocol.job.Scaling;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.LinearModule;
import dev.floe.worker.config.BackboneConfig;
import java.nio.file.Path;
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
  private static final Set<String> FREE =
      Set.of(
          "target_modules",
          "layers_to_transform",
          "lora_dropout",
          "adapter_dropout",
          "init_lora_weights",
          "init_weights");

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
      placement(fields, Placements.select(lora.placement(), tuned, false), tuned);
    } else if (spec instanceof AdapterSpec.Series series) {
      bottleneck(
          fields,
          series.bottleneck(),
          series.activation(),
          series.scaling(),
          series.dropout(),
          series.initWeights(),
          false);
      fields.put("insertion", series.insertion().name().toLowerCase(Locale.ROOT));
      placement(fields, Placements.select(series.placement(), tuned, true), tuned);
    } else if (spec instanceof AdapterSpec.Parallel parallel) {
      bottleneck(
          fields,
          parallel.bottleneck(),
          parallel.activation(),
          parallel.scaling(),
          parallel.dropout(),
          parallel.initWeights(),
          true);
      fields.put("beside", parallel.beside().name().toLowerCase(Locale.ROOT));
      placement(fields, Placements.select(parallel.placement(), parallel.beside(), tuned), tuned);
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
    if (lora.initWeights() == InitWeights.NORMAL) {
      fields.put("init_lora_weights", "gaussian");
    } else {
      fields.put("init_lora_weights", true);
    }
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
      Scaling scaling,
      double dropout,
      InitWeights initWeights,
      boolean parallel) {
    fields.put("peft_type", "BOTTLENECK");
    fields.put("bottleneck_size", width);
    fields.put("non_linearity", activation.name().toLowerCase(Locale.ROOT));
    fields.putPOJO("scaling", scaling.value());
    fields.put("adapter_dropout", dropout);
    fields.put("bias", "none");
    fields.put("init_weights", initWeights.name().toLowerCase(Locale.ROOT));
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

  private static void placement(ObjectNode fields, List<LinearModule> selected, Backbone backbone) {
    Placements.Targets targets = Placements.Targets.of(selected, backbone.config().layers());
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
   * tensors; dropout is the job's own, and how its weights once started is of no matter.
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
}
