package dev.floe.sweeps.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Bias;
import dev.floe.protocol.job.AdapterSpec.Encoder;
import dev.floe.protocol.job.AdapterSpec.Initial;
import dev.floe.protocol.job.AdapterSpec.Insertion;
import dev.floe.protocol.job.Placement;
import java.util.List;

/**
 * The values of the sweep file's {@code adapter} section, one list per setting. An empty list is a
 * setting that no listed type has, or one left to its default.
 *
 * @param types at least one
 * @param placements at least one, unless no type sits on modules
 * @param ranks at least one, unless no type has a rank
 * @param alphas empty for twice the rank
 * @param dropouts empty for 0
 * @param activations empty for tanh
 * @param scalings empty for 1
 * @param insertions empty for output
 * @param inits empty for pretrained
 * @param virtualTokens at least one where a type has virtual tokens
 * @param rsloras empty for false
 * @param doras empty for false
 * @param biases empty for none
 * @param projections empty for false
 * @param encoders empty for mlp
 * @param encoderSizes empty for the backbone's own width
 * @param initTexts empty for random values
 */
public record AdapterAxes(
    List<AdapterType> types,
    List<Placement> placements,
    List<Integer> ranks,
    List<Double> alphas,
    List<Double> dropouts,
    List<Activation> activations,
    List<Double> scalings,
    List<Insertion> insertions,
    List<Initial> inits,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> virtualTokens,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Boolean> rsloras,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Boolean> doras,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Bias> biases,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Boolean> projections,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Encoder> encoders,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> encoderSizes,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> initTexts) {
  public AdapterAxes {
    types = Lists.required("adapter.type", types);
    placements = Lists.optional(placements);
    ranks = Lists.optional(ranks);
    alphas = Lists.optional(alphas);
    dropouts = Lists.optional(dropouts);
    activations = Lists.optional(activations);
    scalings = Lists.optional(scalings);
    insertions = Lists.optional(insertions);
    inits = Lists.optional(inits);
    virtualTokens = Lists.optional(virtualTokens);
    rsloras = Lists.optional(rsloras);
    doras = Lists.optional(doras);
    biases = Lists.optional(biases);
    projections = Lists.optional(projections);
    encoders = Lists.optional(encoders);
    encoderSizes = Lists.optional(encoderSizes);
    initTexts = Lists.optional(initTexts);
    for (AdapterType type : types) {
      if (type.isPlaced()) {
        Lists.required("adapter.placement", placements);
      }
      if (type.isRanked()) {
        Lists.required("adapter.rank", ranks);
      }
      if (type.hasVirtualTokens()) {
        Lists.required("adapter.virtual-tokens", virtualTokens);
      }
    }
  }
}
