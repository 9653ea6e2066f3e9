package dev.floe.sweeps.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.floe.protocol.job.AdapterSpec.Encoder;
import java.util.List;

/**
 * The settings of the types that put virtual tokens before every row.
 *
 * @param virtualTokens at least one where a type has virtual tokens
 * @param projections of prefix: empty for false
 * @param encoders of p-tuning: empty for mlp
 * @param encoderSizes of both: empty for the backbone's own width
 * @param initTexts of prompt: empty for random values
 */
public record VirtualTokenAxes(
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> virtualTokens,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Boolean> projections,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Encoder> encoders,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> encoderSizes,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> initTexts) {
  public static final VirtualTokenAxes NONE = new VirtualTokenAxes(null, null, null, null, null);

  public VirtualTokenAxes {
    virtualTokens = Lists.optional(virtualTokens);
    projections = Lists.optional(projections);
    encoders = Lists.optional(encoders);
    encoderSizes = Lists.optional(encoderSizes);
    initTexts = Lists.optional(initTexts);
  }
}
