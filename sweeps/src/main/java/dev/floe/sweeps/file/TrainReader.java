package dev.floe.sweeps.file;

import dev.floe.protocol.job.Selection;
import dev.floe.protocol.job.Selection.Keep;
import dev.floe.protocol.job.TrainSpec.Schedule;
import dev.floe.sweeps.spec.TrainAxes;
import java.util.Collections;
import java.util.List;

/** Reads the {@code train} section. */
final class TrainReader {
  private static final List<String> SELECTION = List.of("eval-every", "keep", "early-stop");

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
    Selection selection = selection();
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
        groupByLengths,
        selection);
  }

  /** What is done with the validation loss: the same for all jobs; null when nothing is said. */
  private Selection selection() {
    int every = section.scalar("eval-every", ScalarType.whole(1), 0);
    Keep keep = section.scalar("keep", ScalarType.choice(Keep.class), Keep.BEST);
    Section earlyStop = section.section("early-stop");
    if (section.has("early-stop")) {
      earlyStop.require("patience");
    }
    int patience = earlyStop.scalar("patience", ScalarType.whole(1), 0);
    double minDelta = earlyStop.scalar("min-delta", ScalarType.notNegative(), 0.0);
    boolean said = SELECTION.stream().anyMatch(section::has);
    return said ? new Selection(every, keep, patience, minDelta) : null;
  }

  /** Without validation rows these keys would do nothing. */
  void checkValidated(boolean hasValidation) {
    if (!hasValidation) {
      SELECTION.stream()
          .filter(section::has)
          .forEach(key -> section.report(key, "needs validation rows; give data.validation"));
    }
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
