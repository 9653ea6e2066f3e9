package dev.floe.sweeps.spec;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.floe.protocol.job.Placement;
import java.util.List;

/**
 * The values of the sweep file's {@code adapter} section, one list per setting, in groups of
 * settings that the same types have. An empty list is a setting that no listed type has, or one
 * left to its default. The stored form has no groups.
 *
 * @param types at least one
 * @param placements at least one, unless no type sits on modules
 */
public record AdapterAxes(
    List<AdapterType> types,
    List<Placement> placements,
    @JsonUnwrapped RankedAxes ranked,
    @JsonUnwrapped LoraAxes lora,
    @JsonUnwrapped BottleneckAxes bottleneck,
    @JsonUnwrapped VirtualTokenAxes virtual,
    @JsonUnwrapped FullAxes full) {
  public AdapterAxes {
    types = Lists.required("adapter.type", types);
    placements = Lists.optional(placements);
    ranked = ranked == null ? RankedAxes.NONE : ranked;
    lora = lora == null ? LoraAxes.NONE : lora;
    bottleneck = bottleneck == null ? BottleneckAxes.NONE : bottleneck;
    virtual = virtual == null ? VirtualTokenAxes.NONE : virtual;
    full = full == null ? FullAxes.NONE : full;
    for (AdapterType type : types) {
      if (type.isPlaced()) {
        Lists.required("adapter.placement", placements);
      }
      if (type.isRanked()) {
        Lists.required("adapter.rank", ranked.ranks());
      }
      if (type.hasVirtualTokens()) {
        Lists.required("adapter.virtual-tokens", virtual.virtualTokens());
      }
    }
  }
}
