package dev.floe.worker.train;

import dev.floe.protocol.job.Selection;
import dev.floe.protocol.job.Selection.Keep;
import dev.floe.protocol.job.TrainSpec;
import dev.floe.protocol.report.ValidationPoint;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.Parameter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.checkpoint.Checkpoint;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.kernel.Tensors;
import dev.floe.worker.safetensors.TensorData;
import dev.floe.worker.safetensors.TensorValues;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A job's validations: when they are due, the loss, the values of the lowest one, and whether to
 * stop early. The loss is the mean over the labelled tokens of all validation rows, without dropout
 * and gradients. All of it follows from the curve and the best values, which checkpoints hold.
 */
final class Validation {
  private static final String BEST = "best.";

  private final Backbone backbone;
  private final Adapter adapter;
  private final GradientPass pass;
  private final List<TrainingRow> rows;
  private final int microBatch;
  private final int every;
  private final int lastStep;
  private final Keep keep;
  private final Plateau plateau;
  private final List<ValidationPoint> curve = new ArrayList<>();

  /** The adapter's values at the lowest loss; none before, or when the last ones are kept. */
  private List<TensorData> best = List.of();

  /**
   * Validations of one run.
   *
   * @param rows to validate on; none for no validation at all
   * @param trainingRows how many rows a pass over the data has
   * @param lastStep the number of steps: the last one is validated too
   */
  Validation(
      Backbone backbone,
      Adapter adapter,
      List<TrainingRow> rows,
      TrainSpec train,
      int trainingRows,
      int lastStep) {
    this.backbone = backbone;
    this.adapter = adapter;
    this.pass = new GradientPass(backbone, backbone.decoder(adapter));
    this.rows = rows;
    this.microBatch = train.microBatch();
    this.lastStep = lastStep;
    Selection selection = train.selection();
    this.every =
        selection.evalEvery() > 0 ? selection.evalEvery() : (trainingRows - 1) / train.batch() + 1;
    this.keep = selection.keep();
    this.plateau = Plateau.of(selection);
  }

  /** Validates if it is due after so many steps. */
  void after(int step) {
    if (rows.isEmpty() || (step % every != 0 && step != lastStep)) {
      return;
    }
    double lowest = best().map(ValidationPoint::loss).orElse(Double.POSITIVE_INFINITY);
    double loss = loss();
    curve.add(new ValidationPoint(step, loss));
    if (keep == Keep.BEST && loss < lowest) {
      best =
          adapter.parameters().stream()
              .map(parameter -> Tensors.read(BEST + parameter.name(), parameter.value()))
              .toList();
    }
  }

  private double loss() {
    double sum = 0;
    long labelled = 0;
    for (int from = 0; from < rows.size(); from += microBatch) {
      List<TrainingRow> batch = rows.subList(from, Math.min(from + microBatch, rows.size()));
      int labels = batch.stream().mapToInt(TrainingRow::labelled).sum();
      if (labels > 0) {
        sum += pass.loss(batch) * labels;
        labelled += labels;
      }
    }
    return sum / labelled;
  }

  /** Whether the loss has come to a plateau, after which training goes no further. */
  boolean stopsEarly() {
    return plateau.reached(curve);
  }

  /** Every validation so far. */
  List<ValidationPoint> curve() {
    return List.copyOf(curve);
  }

  /** The validation with the lowest loss, the first of equal ones. */
  Optional<ValidationPoint> best() {
    return curve.stream()
        .filter(point -> Double.isFinite(point.loss()))
        .min(Comparator.comparingDouble(ValidationPoint::loss));
  }

  /** Training is over: gives the adapter its best values, if those are to be kept. */
  void keepBest() {
    write(best);
  }

  /** What a checkpoint has to hold beside the curve: the best values, in the parameters' order. */
  List<TensorData> tensors() {
    return best;
  }

  /** Goes on from a checkpoint. */
  void restore(Checkpoint checkpoint) {
    curve.clear();
    curve.addAll(checkpoint.validation());
    best =
        adapter.parameters().stream()
            .flatMap(parameter -> named(checkpoint, BEST + parameter.name()).stream())
            .toList();
  }

  private static Optional<TensorData> named(Checkpoint checkpoint, String name) {
    return checkpoint.tensors().stream().filter(tensor -> tensor.name().equals(name)).findFirst();
  }

  private void write(List<TensorData> values) {
    List<Parameter> parameters = adapter.parameters();
    for (int i = 0; i < values.size(); i++) {
      TensorData tensor = values.get(i);
      float[] floats = TensorValues.toFloats(tensor.dtype(), tensor.bytes().duplicate());
      Tensors.write(backbone.kernels(), parameters.get(i).value(), floats);
    }
  }
}
