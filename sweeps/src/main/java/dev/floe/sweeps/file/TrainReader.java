package dev.floe.sweeps.file;

import dev.floe.protocol.job.TrainSpec.Schedule;
import dev.floe.sweeps.spec.TrainAxes;
import java.util.Collections;
import java.util.List;

/** Reads the {@code train} section. */
final class TrainReader {
  private final Section section;
  private final Problems problems;

  TrainReader(Section section, Problems problems) {
    this.section = section;
    this.problems = problems;
  }

  /** The section's values; null when there are problems. */
  TrainAxes read() {
    checkLength();
    section.require("batch");
    section.require("learning-rate");
    List<Integer> epochs = section.axis("epochs", ScalarType.whole(1));
    List<Integer> steps = section.axis("steps", ScalarType.whole(1));
    List<Integer> batches = section.axis("batch", ScalarType.whole(1));
    List<Integer> microBatches = section.axis("micro-batch", ScalarType.whole(1));
    List<Double> learningRates = section.axis("learning-rate", ScalarType.positive());
    List<Integer> warmupSteps = section.axis("warmup-steps", ScalarType.whole(0));
    List<Double> warmupRatios = section.axis("warmup-ratio", ScalarType.probability());
    List<Schedule> schedules = section.axis("schedule", ScalarType.choice(Schedule.class));
    List<Boolean> groupByLengths = section.axis("group-by-length", ScalarType.truth());
    List<Double> weightDecays = section.axis("weight-decay", ScalarType.notNegative());
    List<Double> clips = section.axis("clip", ScalarType.notNegative());
    checkBatches(batches, microBatches);
    if (!problems.none()) {
      return null;
    }
    return new TrainAxes(
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
        groupByLengths);
  }

  private void checkLength() {
    if (section.has("epochs") && section.has("steps")) {
      section.report("steps", "give either epochs or steps, not both");
    }
    if (section.has("warmup-steps") && section.has("warmup-ratio")) {
      section.report("warmup-ratio", "give either warmup-steps or warmup-ratio, not both");
    }
    if (section.lacks("epochs") && section.lacks("steps")) {
      section.report("epochs", "the key is missing; give epochs or steps");
    }
  }

  /** Every combination becomes a job, so the largest micro-batch must fit the smallest batch. */
  private void checkBatches(List<Integer> batches, List<Integer> microBatches) {
    if (batches.isEmpty() || microBatches.isEmpty()) {
      return;
    }
    int batch = Collections.min(batches);
    int microBatch = Collections.max(microBatches);
    if (microBatch > batch) {
      section.report(
          "micro-batch", "must be at most the batch of " + batch + ", got " + microBatch);
    }
  }
}
