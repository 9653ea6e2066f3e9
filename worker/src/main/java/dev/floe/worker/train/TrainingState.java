package dev.floe.worker.train;

import dev.floe.worker.adapter.Parameter;
import dev.floe.worker.checkpoint.Checkpoint;
import dev.floe.worker.kernel.Kernels;
import dev.floe.worker.kernel.Tensors;
import dev.floe.worker.safetensors.TensorData;
import dev.floe.worker.safetensors.TensorValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where a training run stands, and how that goes into a checkpoint and comes out of one. */
final class TrainingState {
  private static final String MEAN = "mean.";
  private static final String SQUARE = "square.";

  private final Kernels kernels;
  private final List<Parameter> parameters;
  private final AdamW optimizer;
  private final Validation validation;
  private final List<Double> losses = new ArrayList<>();
  private final List<Double> gradientNorms = new ArrayList<>();
  private double seconds;
  private long tokens;

  TrainingState(
      Kernels kernels, List<Parameter> parameters, AdamW optimizer, Validation validation) {
    this.kernels = kernels;
    this.parameters = parameters;
    this.optimizer = optimizer;
    this.validation = validation;
  }

  /** Optimizer steps done. */
  int step() {
    return losses.size();
  }

  /** Mean loss of each step so far. */
  List<Double> losses() {
    return List.copyOf(losses);
  }

  /** Global gradient norm of each step so far, before clipping. */
  List<Double> gradientNorms() {
    return List.copyOf(gradientNorms);
  }

  /** Seconds spent in steps, those before a resumption included. */
  double seconds() {
    return seconds;
  }

  /** Real tokens trained on. */
  long tokens() {
    return tokens;
  }

  double tokensPerSecond() {
    return seconds > 0 ? tokens / seconds : 0;
  }

  void add(Trainer.Step step, double elapsed) {
    losses.add(step.loss());
    gradientNorms.add(step.gradientNorm());
    seconds += elapsed;
    tokens += step.tokens();
  }

  Checkpoint toCheckpoint() {
    List<TensorData> tensors = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      String name = parameters.get(i).name();
      tensors.add(Tensors.read(name, parameters.get(i).value()));
      tensors.add(Tensors.read(MEAN + name, optimizer.means().get(i)));
      tensors.add(Tensors.read(SQUARE + name, optimizer.squares().get(i)));
    }
    tensors.addAll(validation.tensors());
    return new Checkpoint(
        step(), losses(), gradientNorms(), tensors, seconds, tokens, validation.curve());
  }

  void restore(Checkpoint checkpoint) {
    Map<String, TensorData> tensors = new HashMap<>();
    checkpoint.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    for (int i = 0; i < parameters.size(); i++) {
      String name = parameters.get(i).name();
      Tensors.write(kernels, parameters.get(i).value(), values(tensors.get(name)));
      Tensors.write(kernels, optimizer.means().get(i), values(tensors.get(MEAN + name)));
      Tensors.write(kernels, optimizer.squares().get(i), values(tensors.get(SQUARE + name)));
    }
    losses.clear();
    losses.addAll(checkpoint.losses());
    gradientNorms.clear();
    gradientNorms.addAll(checkpoint.gradientNorms());
    seconds = checkpoint.seconds();
    tokens = checkpoint.tokens();
    validation.restore(checkpoint);
    optimizer.resumeAfter(step());
  }

  private static float[] values(TensorData tensor) {
    return TensorValues.toFloats(tensor.dtype(), tensor.bytes().duplicate());
  }
}
