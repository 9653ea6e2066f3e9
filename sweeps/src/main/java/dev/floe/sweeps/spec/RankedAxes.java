package dev.floe.sweeps.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.floe.protocol.job.AdapterSpec.InitWeights;
import java.util.List;

/**
 * The settings of LoRA and of bottleneck adapters: of two matrices with something narrow between.
 *
 * @param ranks at least one, unless no type has a rank
 * @param dropouts empty for 0
 * @param initWeights empty for a type's own
 */
public record RankedAxes(
    List<Integer> ranks,
    List<Double> dropouts,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<InitWeights> initWeights) {
  public static final RankedAxes NONE = new RankedAxes(null, null, null);

  public RankedAxes {
    ranks = Lists.optional(ranks);
    dropouts = Lists.optional(dropouts);
    initWeights = Lists.optional(initWeights);
  }
}
