package dev.floe.sweeps.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Beside;
import dev.floe.protocol.job.AdapterSpec.Insertion;
import dev.floe.protocol.job.Scaling;
import java.util.List;

/**
 * The settings of series and parallel adapters.
 *
 * @param activations empty for tanh
 * @param scalings empty for 1
 * @param insertions of series: empty for output
 * @param besides of parallel: empty for projections
 */
public record BottleneckAxes(
    List<Activation> activations,
    List<Scaling> scalings,
    List<Insertion> insertions,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Beside> besides) {
  public static final BottleneckAxes NONE = new BottleneckAxes(null, null, null, null);

  public BottleneckAxes {
    activations = Lists.optional(activations);
    scalings = Lists.optional(scalings);
    insertions = Lists.optional(insertions);
    besides = Lists.optional(besides);
  }
}
