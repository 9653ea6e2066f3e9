package dev.floe.sweeps.spec;

import java.util.List;

/**
 * What a sweep can vary within one adapter type, in expansion order: the first varies slowest.
 *
 * <p>An adapter's axis applies to the types that have such a setting; for the others it does not
 * exist, so it multiplies nothing. The axes of training and the seed apply to every type.
 */
public enum Axis {
  DTYPE("dtype"),
  PLACEMENT("adapter.placement"),
  RANK("adapter.rank"),
  VIRTUAL_TOKENS("adapter.virtual-tokens"),
  PROJECTION("adapter.projection"),
  ENCODER("adapter.encoder"),
  ENCODER_SIZE("adapter.encoder-size"),
  INIT_TEXT("adapter.init-text"),
  ALPHA("adapter.alpha"),
  DROPOUT("adapter.dropout"),
  RSLORA("adapter.rslora"),
  DORA("adapter.dora"),
  BIAS("adapter.bias"),
  ACTIVATION("adapter.activation"),
  SCALING("adapter.scaling"),
  INSERTION("adapter.insertion"),
  INIT("adapter.init"),
  EPOCHS("train.epochs"),
  STEPS("train.steps"),
  BATCH("train.batch"),
  MICRO_BATCH("train.micro-batch"),
  LEARNING_RATE("train.learning-rate"),
  SCHEDULE("train.schedule"),
  WARMUP_STEPS("train.warmup-steps"),
  WARMUP_RATIO("train.warmup-ratio"),
  GROUP_BY_LENGTH("train.group-by-length"),
  WEIGHT_DECAY("train.weight-decay"),
  CLIP("train.clip"),
  SEED("seed");

  private final String key;

  Axis(String key) {
    this.key = key;
  }

  /** The name in results and tables, such as {@code adapter.rank}. */
  public String key() {
    return key;
  }

  /** The values in their order; empty when the sweep leaves this setting to its default. */
  public List<?> values(SweepSpec spec) {
    AdapterAxes adapter = spec.adapter();
    TrainAxes train = spec.train();
    return switch (this) {
      case DTYPE -> spec.dtypes();
      case PLACEMENT -> adapter.placements();
      case RANK -> adapter.ranks();
      case VIRTUAL_TOKENS -> adapter.virtualTokens();
      case PROJECTION -> adapter.projections();
      case ENCODER -> adapter.encoders();
      case ENCODER_SIZE -> adapter.encoderSizes();
      case INIT_TEXT -> adapter.initTexts();
      case ALPHA -> adapter.alphas();
      case DROPOUT -> adapter.dropouts();
      case RSLORA -> adapter.rsloras();
      case DORA -> adapter.doras();
      case BIAS -> adapter.biases();
      case ACTIVATION -> adapter.activations();
      case SCALING -> adapter.scalings();
      case INSERTION -> adapter.insertions();
      case INIT -> adapter.inits();
      case EPOCHS -> train.epochs();
      case STEPS -> train.steps();
      case BATCH -> train.batches();
      case MICRO_BATCH -> train.microBatches();
      case LEARNING_RATE -> train.learningRates();
      case SCHEDULE -> train.schedules();
      case WARMUP_STEPS -> train.warmupSteps();
      case WARMUP_RATIO -> train.warmupRatios();
      case GROUP_BY_LENGTH -> train.groupByLengths();
      case WEIGHT_DECAY -> train.weightDecays();
      case CLIP -> train.clips();
      case SEED -> spec.seeds();
    };
  }

  /** Whether jobs of {@code type} have this setting at all. */
  public boolean appliesTo(AdapterType type) {
    return switch (this) {
      case PLACEMENT -> type.isPlaced();
      case RANK, DROPOUT -> type.isRanked();
      case VIRTUAL_TOKENS -> type.hasVirtualTokens();
      case PROJECTION -> type == AdapterType.PREFIX;
      case ENCODER -> type == AdapterType.P_TUNING;
      case ENCODER_SIZE -> type == AdapterType.PREFIX || type == AdapterType.P_TUNING;
      case INIT_TEXT -> type == AdapterType.PROMPT;
      case ALPHA, RSLORA, DORA, BIAS -> type == AdapterType.LORA;
      case ACTIVATION, SCALING -> type == AdapterType.SERIES || type == AdapterType.PARALLEL;
      case INSERTION -> type == AdapterType.SERIES;
      case INIT -> type == AdapterType.FULL;
      case DTYPE, EPOCHS, STEPS, BATCH, MICRO_BATCH, LEARNING_RATE -> true;
      case SCHEDULE, WARMUP_STEPS, WARMUP_RATIO, GROUP_BY_LENGTH, WEIGHT_DECAY, CLIP, SEED -> true;
    };
  }

  /** How many choices this axis offers to jobs of {@code type}: 1 when there is nothing to vary. */
  public int size(SweepSpec spec, AdapterType type) {
    return appliesTo(type) ? Math.max(1, values(spec).size()) : 1;
  }
}
