package dev.floe.sweeps.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.floe.protocol.job.Selection;
import dev.floe.protocol.job.TrainSpec.Schedule;
import java.util.List;

/**
 * The values of the sweep file's {@code train} section, one list per setting.
 *
 * @param epochs empty when {@code steps} say how long
 * @param steps empty when {@code epochs} say how long
 * @param batches at least one
 * @param microBatches empty for the whole batch at once
 * @param learningRates at least one
 * @param warmupSteps empty for 0
 * @param weightDecays empty for 0
 * @param clips empty for 1
 * @param schedules empty for linear
 * @param warmupRatios empty when {@code warmupSteps} say how many
 * @param groupByLengths empty for false
 * @param selection what is done with the validation loss; null for the default
 */
public record TrainAxes(
    List<Integer> epochs,
    List<Integer> steps,
    List<Integer> batches,
    List<Integer> microBatches,
    List<Double> learningRates,
    List<Integer> warmupSteps,
    List<Double> weightDecays,
    List<Double> clips,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Schedule> schedules,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Double> warmupRatios,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Boolean> groupByLengths,
    @JsonInclude(JsonInclude.Include.NON_NULL) Selection selection) {
  public TrainAxes {
    epochs = Lists.optional(epochs);
    steps = Lists.optional(steps);
    if (epochs.isEmpty() == steps.isEmpty()) {
      throw new IllegalArgumentException("give either train.epochs or train.steps");
    }
    batches = Lists.required("train.batch", batches);
    microBatches = Lists.optional(microBatches);
    learningRates = Lists.required("train.learning-rate", learningRates);
    warmupSteps = Lists.optional(warmupSteps);
    weightDecays = Lists.optional(weightDecays);
    clips = Lists.optional(clips);
    schedules = Lists.optional(schedules);
    warmupRatios = Lists.optional(warmupRatios);
    groupByLengths = Lists.optional(groupByLengths);
    if (!warmupSteps.isEmpty() && !warmupRatios.isEmpty()) {
      throw new IllegalArgumentException("give either train.warmup-steps or train.warmup-ratio");
    }
  }

  /** Axes of jobs that do the usual with a validation loss. */
  public TrainAxes(
      List<Integer> epochs,
      List<Integer> steps,
      List<Integer> batches,
      List<Integer> microBatches,
      List<Double> learningRates,
      List<Integer> warmupSteps,
      List<Double> weightDecays,
      List<Double> clips,
      List<Schedule> schedules,
      List<Double> warmupRatios,
      List<Boolean> groupByLengths) {
    this(
        epochs,
        steps,
        batches,
        microBatches,
        learningRates,
        warmupSteps,
        weightDecays,
        clips,
        schedules,
        warmupRatios,
        groupByLengths,
        null);
  }
}
