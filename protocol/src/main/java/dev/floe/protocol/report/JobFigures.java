package dev.floe.protocol.report;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What a job cost and how it went. What was not measured is null, or empty for a curve.
 *
 * @param curve at most {@value #CURVE_POINTS} of the optimizer steps, evenly spaced, the last one
 *     among them
 * @param validation every validation, in order
 * @param bestStep the step with the lowest validation loss
 * @param stoppedEarly whether training ended at a plateau of the validation loss
 * @param trainingFlops floating-point operations of all steps, by the formula of the documentation
 * @param peakMemoryBytes most resident memory of the worker's process while the job ran
 * @param adapterBytes size of the adapter's files
 * @param secondsPerToken to decode one token of one row with the adapter
 * @param frozenSecondsPerToken the same without it
 * @param trainingSeconds spent in optimizer steps; in a shared pass, the job's share of it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobFigures(
    List<StepPoint> curve,
    List<ValidationPoint> validation,
    @JsonProperty("best_step") Integer bestStep,
    @JsonProperty("stopped_early") Boolean stoppedEarly,
    @JsonProperty("training_flops") Double trainingFlops,
    @JsonProperty("peak_memory_bytes") Long peakMemoryBytes,
    @JsonProperty("adapter_bytes") Long adapterBytes,
    @JsonProperty("seconds_per_token") Double secondsPerToken,
    @JsonProperty("frozen_seconds_per_token") Double frozenSecondsPerToken,
    @JsonProperty("training_seconds") Double trainingSeconds) {
  /** Most points of {@link #curve}. */
  public static final int CURVE_POINTS = 200;

  /** Nothing was measured. */
  public static final JobFigures NONE =
      new JobFigures(List.of(), List.of(), null, null, null, null, null, null, null);

  @JsonCreator
  public JobFigures {
    curve = curve == null ? List.of() : List.copyOf(curve);
    validation = validation == null ? List.of() : List.copyOf(validation);
  }

  /** Figures without the time of training. */
  public JobFigures(
      List<StepPoint> curve,
      List<ValidationPoint> validation,
      Integer bestStep,
      Boolean stoppedEarly,
      Double trainingFlops,
      Long peakMemoryBytes,
      Long adapterBytes,
      Double secondsPerToken,
      Double frozenSecondsPerToken) {
    this(
        curve,
        validation,
        bestStep,
        stoppedEarly,
        trainingFlops,
        peakMemoryBytes,
        adapterBytes,
        secondsPerToken,
        frozenSecondsPerToken,
        null);
  }

  /** Validation loss of {@link #bestStep}; null when there was no validation. */
  public Double bestValidationLoss() {
    return validation.stream()
        .filter(point -> bestStep != null && point.step() == bestStep)
        .map(ValidationPoint::loss)
        .findFirst()
        .orElse(null);
  }
}
