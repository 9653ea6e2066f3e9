package dev.floe.sweeps.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.floe.protocol.job.AdapterSpec.Bias;
import java.util.List;

/**
 * The settings of LoRA alone.
 *
 * @param alphas empty for twice the rank
 * @param rsloras empty for false
 * @param doras empty for false
 * @param biases empty for none
 */
public record LoraAxes(
    List<Double> alphas,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Boolean> rsloras,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Boolean> doras,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Bias> biases) {
  public static final LoraAxes NONE = new LoraAxes(null, null, null, null);

  public LoraAxes {
    alphas = Lists.optional(alphas);
    rsloras = Lists.optional(rsloras);
    doras = Lists.optional(doras);
    biases = Lists.optional(biases);
  }
}
