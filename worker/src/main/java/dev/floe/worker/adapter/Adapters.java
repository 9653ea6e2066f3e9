package dev.floe.worker.adapter;

import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.Placement;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.LinearModule;
import java.util.List;

/** Makes adapters from their specifications: the one place that knows every method. */
public final class Adapters {
  private Adapters() {}

  /**
   * A fresh adapter at its initial values.
   *
   * @param seed source of the initial values
   * @throws InvalidJobException when the specification does not fit the backbone
   */
  public static Adapter create(AdapterSpec spec, Backbone backbone, long seed) {
    NDManager owner = backbone.manager().newSubManager();
    try {
      return create(spec, backbone, owner, new Initializer(owner, backbone.kernels(), seed));
    } catch (RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  private static Adapter create(
      AdapterSpec spec, Backbone backbone, NDManager owner, Initializer initial) {
    if (spec instanceof AdapterSpec.Lora lora) {
      return new LoraAdapter(
          owner, lora, modules(lora.placement(), lora.rank(), backbone, false), backbone, initial);
    }
    if (spec instanceof AdapterSpec.Ia3 ia3) {
      return new Ia3Adapter(owner, Placements.select(ia3.placement(), backbone, false), initial);
    }
    if (spec instanceof AdapterSpec.Series series) {
      return BottleneckAdapter.series(
          owner, series, modules(series.placement(), series.bottleneck(), backbone, true), initial);
    }
    if (spec instanceof AdapterSpec.Parallel parallel) {
      return BottleneckAdapter.parallel(
          owner,
          parallel,
          modules(parallel.placement(), parallel.bottleneck(), backbone, false),
          initial);
    }
    if (spec instanceof AdapterSpec.Prefix prefix) {
      return new PrefixAdapter(owner, prefix, backbone, initial);
    }
    if (spec instanceof AdapterSpec.Prompt prompt) {
      return PromptAdapter.prompt(owner, prompt, backbone, initial);
    }
    if (spec instanceof AdapterSpec.PTuning pTuning) {
      return PromptAdapter.pTuning(owner, pTuning, backbone, initial);
    }
    if (spec instanceof AdapterSpec.Full full) {
      return new FullAdapter(owner, full, backbone, initial);
    }
    owner.close();
    return new UntunedAdapter();
  }

  private static List<LinearModule> modules(
      Placement placement, int rank, Backbone backbone, boolean outputsOnly) {
    List<LinearModule> modules = Placements.select(placement, backbone, outputsOnly);
    for (LinearModule module : modules) {
      int most = Math.min(module.in(), module.out());
      if (rank > most) {
        throw new InvalidJobException(
            "adapter.rank "
                + rank
                + " is larger than the layer: "
                + module.target().name()
                + " allows at most "
                + most);
      }
    }
    return modules;
  }
}
