package dev.floe.worker.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.LinearModule;
import dev.floe.worker.config.WeightSlot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Full fine-tuning: the job trains its own copy of every weight of the backbone, or of the weights
 * and biases of named linears. With {@link AdapterSpec.Initial#RANDOM} it starts as transformers
 * starts a new model, which makes it pre-training: matrices normal with the config's {@code
 * initializer_range}, norms at one, biases at zero.
 *
 * <p>Trained weights: all of the backbone's, or {@code in · out} and the bias per module. What is
 * saved is the whole model either way.
 */
final class FullAdapter implements Adapter {
  private final NDManager owner;
  private final Backbone backbone;
  private final Map<String, NDArray> weights = new HashMap<>();
  private final List<Parameter> parameters = new ArrayList<>();

  FullAdapter(NDManager owner, AdapterSpec.Full spec, Backbone backbone, Initializer initial) {
    this.owner = owner;
    this.backbone = backbone;
    for (WeightSlot slot : trained(spec, backbone)) {
      NDArray weight =
          spec.initial() == AdapterSpec.Initial.RANDOM
              ? fresh(slot, backbone.config().initializerRange(), initial)
              : initial.copy(backbone.weight(slot.name()));
      weights.put(slot.name(), weight);
      parameters.add(new Parameter(slot.name(), weight));
    }
  }

  private static List<WeightSlot> trained(AdapterSpec.Full spec, Backbone backbone) {
    List<WeightSlot> all = backbone.config().layout().weights();
    if (spec.modules() == null) {
      return all;
    }
    Set<String> names = new HashSet<>();
    for (LinearModule module : Placements.select(spec.modules(), backbone, false)) {
      names.add(module.path() + ".weight");
      names.add(module.path() + ".bias");
    }
    return all.stream().filter(slot -> names.contains(slot.name())).toList();
  }

  private static NDArray fresh(WeightSlot slot, double deviation, Initializer initial) {
    return switch (slot.kind()) {
      case EMBEDDING, LINEAR -> initial.normal(slot.name(), slot.shape(), deviation);
      case BIAS -> initial.zeros(slot.shape());
      case NORM_SCALE -> initial.ones(slot.shape());
    };
  }

  @Override
  public NDArray weight(String name, NDArray frozen) {
    return weights.getOrDefault(name, frozen);
  }

  @Override
  public List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  /** The whole model: what is frozen, too. */
  @Override
  public List<Parameter> saved(NDManager scope) {
    return backbone.config().layout().weights().stream()
        .map(WeightSlot::name)
        .map(name -> new Parameter(name, weight(name, backbone.weight(name))))
        .toList();
  }

  @Override
  public void close() {
    owner.close();
  }
}
