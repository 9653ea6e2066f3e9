package dev.floe.sweeps.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.floe.protocol.job.AdapterSpec.Initial;
import dev.floe.protocol.job.Placement;
import java.util.List;

/**
 * The settings of full training.
 *
 * @param inits empty for pretrained
 * @param modules empty for every weight
 */
public record FullAxes(
    List<Initial> inits, @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Placement> modules) {
  public static final FullAxes NONE = new FullAxes(null, null);

  public FullAxes {
    inits = Lists.optional(inits);
    modules = Lists.optional(modules);
    if (!modules.isEmpty() && inits.contains(Initial.RANDOM)) {
      throw new IllegalArgumentException(
          "adapter.init random is for training every weight: remove it, or adapter.modules");
    }
  }
}
