package dev.floe.sweeps.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.floe.protocol.failure.FailurePolicies;
import dev.floe.protocol.job.BundleSpec;
import dev.floe.protocol.job.CheckpointSpec;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import java.util.List;

/**
 * A sweep as its file says it, with every path absolute and every value typed.
 *
 * @param name letters, digits, dots, dashes and underscores: it becomes part of a directory's name
 * @param backbone absolute path of a Hugging Face model directory
 * @param seeds at least one
 * @param dtypes empty for float32
 * @param bundles how far jobs may run together; null for what is the default
 * @param checkpoint when jobs keep checkpoints; null for the default
 * @param failures what failures mean; null for the coordinator's settings
 */
public record SweepSpec(
    String name,
    String backbone,
    DataSpec data,
    AdapterAxes adapter,
    TrainAxes train,
    List<Long> seeds,
    EvaluateSpec evaluate,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ComputeType> dtypes,
    @JsonInclude(JsonInclude.Include.NON_NULL) BundleSpec bundles,
    @JsonInclude(JsonInclude.Include.NON_NULL) CheckpointSpec checkpoint,
    @JsonInclude(JsonInclude.Include.NON_NULL) FailurePolicies failures) {
  @JsonCreator
  public SweepSpec {
    present("name", name);
    present("backbone", backbone);
    present("data", data);
    present("data.train", data.train());
    present("adapter", adapter);
    present("train", train);
    present("evaluate", evaluate);
    seeds = Lists.required("seeds", seeds);
    dtypes = Lists.optional(dtypes);
  }

  /** A sweep whose jobs run together, keep checkpoints and are tried again as by default. */
  public SweepSpec(
      String name,
      String backbone,
      DataSpec data,
      AdapterAxes adapter,
      TrainAxes train,
      List<Long> seeds,
      EvaluateSpec evaluate,
      List<ComputeType> dtypes) {
    this(name, backbone, data, adapter, train, seeds, evaluate, dtypes, null, null, null);
  }

  private static void present(String name, Object value) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
  }

  /**
   * What tells this sweep from others: the first 8 hex digits of the SHA-256 of {@link #toJson()}.
   * The same file in the same place has the same id.
   */
  public String id() {
    return SpecJson.id(this);
  }

  /** The canonical form: keys sorted, no white space. {@link #fromJson} reads it back. */
  public String toJson() {
    return SpecJson.write(this);
  }

  /**
   * Reads what {@link #toJson()} wrote.
   *
   * @throws IllegalArgumentException when {@code json} is not what {@link #toJson()} wrote
   */
  public static SweepSpec fromJson(String json) {
    return SpecJson.read(json);
  }
}
