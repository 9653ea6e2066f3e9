package dev.floe.protocol.job;

import com.fasterxml.jackson.annotation.JsonCreator;

/**
 * One job with every axis resolved: all that a worker needs to tune and score one adapter.
 *
 * @param index position in the sweep's expansion, from 0; {@link #BASELINE} for the frozen backbone
 * @param backbone absolute path of a Hugging Face model directory
 * @param seed source of every random choice: initialisation, row order, dropout
 * @param adapterDirectory absolute path that the trained adapter is written to
 * @param checkpointDirectory absolute path, or {@code s3://bucket/prefix}, for checkpoints of this
 *     job
 * @param dtype what to compute in; null for float32
 * @param bundles how far it may run together with others; null for {@link BundleSpec#DEFAULT}
 * @param checkpoint when they are kept; null for {@link CheckpointSpec#DEFAULT}
 */
public record JobSpec(
    int index,
    String backbone,
    DataSpec data,
    AdapterSpec adapter,
    TrainSpec train,
    EvaluateSpec evaluate,
    long seed,
    String adapterDirectory,
    String checkpointDirectory,
    ComputeType dtype,
    BundleSpec bundles,
    CheckpointSpec checkpoint) {

  /** The index of the job that scores the backbone without an adapter. */
  public static final int BASELINE = -1;

  @JsonCreator
  public JobSpec {
    checkpoint = checkpoint == null ? CheckpointSpec.DEFAULT : checkpoint;
    dtype = dtype == null ? ComputeType.FLOAT32 : dtype;
    bundles = bundles == null ? BundleSpec.DEFAULT : bundles;
    Checks.atLeast("job", index, BASELINE);
    Checks.notBlank("backbone", backbone);
    Checks.present("data", data);
    Checks.present("adapter", adapter);
    Checks.present("train", train);
    Checks.present("evaluate", evaluate);
    Checks.notBlank("adapterDirectory", adapterDirectory);
    Checks.notBlank("checkpointDirectory", checkpointDirectory);
  }

  /** A job that runs together with others and keeps checkpoints as is the default. */
  public JobSpec(
      int index,
      String backbone,
      DataSpec data,
      AdapterSpec adapter,
      TrainSpec train,
      EvaluateSpec evaluate,
      long seed,
      String adapterDirectory,
      String checkpointDirectory,
      ComputeType dtype) {
    this(
        index,
        backbone,
        data,
        adapter,
        train,
        evaluate,
        seed,
        adapterDirectory,
        checkpointDirectory,
        dtype,
        null,
        null);
  }
}
