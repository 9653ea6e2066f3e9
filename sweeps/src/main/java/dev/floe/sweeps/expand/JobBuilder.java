package dev.floe.sweeps.expand;

import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Bias;
import dev.floe.protocol.job.AdapterSpec.Encoder;
import dev.floe.protocol.job.AdapterSpec.Initial;
import dev.floe.protocol.job.AdapterSpec.Insertion;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.TrainSpec;
import dev.floe.protocol.job.TrainSpec.Schedule;
import dev.floe.sweeps.spec.AdapterAxes;
import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.Axis;
import dev.floe.sweeps.spec.SweepSpec;
import dev.floe.sweeps.spec.TrainAxes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Turns a point of the product into the settings of its job; the defaults of the axes are here. */
final class JobBuilder {
  private static final double ALPHA_PER_RANK = 2;
  private static final double NO_DROPOUT = 0;
  private static final double UNSCALED = 1;
  private static final double CLIP = 1;
  private static final int BACKBONES_WIDTH = 0;

  private final SweepSpec spec;

  JobBuilder(SweepSpec spec) {
    this.spec = spec;
  }

  AdapterSpec adapter(Point point) {
    AdapterAxes axes = spec.adapter();
    if (point.type() == AdapterType.FULL) {
      return new AdapterSpec.Full(point.on(Axis.INIT, axes.inits(), Initial.PRETRAINED));
    }
    if (point.type().hasVirtualTokens()) {
      return virtual(point, point.on(Axis.VIRTUAL_TOKENS, axes.virtualTokens()));
    }
    Placement placement = point.on(Axis.PLACEMENT, axes.placements());
    if (point.type() == AdapterType.IA3) {
      return new AdapterSpec.Ia3(placement);
    }
    int rank = point.on(Axis.RANK, axes.ranks());
    double dropout = point.on(Axis.DROPOUT, axes.dropouts(), NO_DROPOUT);
    if (point.type() == AdapterType.LORA) {
      double alpha = point.on(Axis.ALPHA, axes.alphas(), ALPHA_PER_RANK * rank);
      return new AdapterSpec.Lora(
          placement,
          rank,
          alpha,
          dropout,
          point.on(Axis.RSLORA, axes.rsloras(), false),
          point.on(Axis.DORA, axes.doras(), false),
          point.on(Axis.BIAS, axes.biases(), Bias.NONE));
    }
    Activation activation = point.on(Axis.ACTIVATION, axes.activations(), Activation.TANH);
    double scaling = point.on(Axis.SCALING, axes.scalings(), UNSCALED);
    if (point.type() == AdapterType.PARALLEL) {
      return new AdapterSpec.Parallel(placement, rank, activation, scaling, dropout);
    }
    Insertion insertion = point.on(Axis.INSERTION, axes.insertions(), Insertion.OUTPUT);
    return new AdapterSpec.Series(placement, rank, activation, scaling, dropout, insertion);
  }

  private AdapterSpec virtual(Point point, int tokens) {
    AdapterAxes axes = spec.adapter();
    if (point.type() == AdapterType.PROMPT) {
      return new AdapterSpec.Prompt(tokens, point.on(Axis.INIT_TEXT, axes.initTexts(), null));
    }
    int encoderSize = point.on(Axis.ENCODER_SIZE, axes.encoderSizes(), BACKBONES_WIDTH);
    if (point.type() == AdapterType.P_TUNING) {
      Encoder encoder = point.on(Axis.ENCODER, axes.encoders(), Encoder.MLP);
      return new AdapterSpec.PTuning(tokens, encoder, encoderSize);
    }
    boolean projection = point.on(Axis.PROJECTION, axes.projections(), false);
    return new AdapterSpec.Prefix(tokens, projection, encoderSize);
  }

  TrainSpec train(Point point) {
    TrainAxes axes = spec.train();
    int batch = point.on(Axis.BATCH, axes.batches());
    return new TrainSpec(
        point.on(Axis.EPOCHS, axes.epochs(), 0),
        point.on(Axis.STEPS, axes.steps(), 0),
        batch,
        point.on(Axis.MICRO_BATCH, axes.microBatches(), batch),
        point.on(Axis.LEARNING_RATE, axes.learningRates()),
        point.on(Axis.WARMUP_STEPS, axes.warmupSteps(), 0),
        point.on(Axis.WEIGHT_DECAY, axes.weightDecays(), 0.0),
        point.on(Axis.CLIP, axes.clips(), CLIP),
        point.on(Axis.SCHEDULE, axes.schedules(), Schedule.LINEAR),
        point.on(Axis.WARMUP_RATIO, axes.warmupRatios(), 0.0),
        point.on(Axis.GROUP_BY_LENGTH, axes.groupByLengths(), false));
  }

  ComputeType dtype(Point point) {
    return point.on(Axis.DTYPE, spec.dtypes(), ComputeType.FLOAT32);
  }

  long seed(Point point) {
    return point.on(Axis.SEED, spec.seeds());
  }

  /** The value of each of {@code axes} that this point's type has, by the axis's key. */
  Map<String, Object> parameters(Point point, List<Axis> axes) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put(Expansion.TYPE, point.type().key());
    for (Axis axis : axes) {
      if (axis.appliesTo(point.type())) {
        parameters.put(axis.key(), shown(point.on(axis, axis.values(spec))));
      }
    }
    return parameters;
  }

  private static Object shown(Object value) {
    if (value instanceof Placement placement) {
      return placement.label();
    }
    return value instanceof Enum<?> choice
        ? choice.name().toLowerCase(Locale.ROOT).replace('_', '-')
        : value;
  }
}
