package dev.floe.worker.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.config.WeightSlot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Full fine-tuning: the job trains its own copy of every weight of the backbone. With {@link
 * AdapterSpec.Initial#RANDOM} it starts as transformers starts a new model, which makes it
 * pre-training: matrices normal with the config's {@code initializer_range}, norms at one, biases
 * at zero.
 */
final class FullAdapter implements Adapter {
  private final NDManager owner;
  private final Map<String, NDArray> weights = new HashMap<>();
  private final List<Parameter> parameters = new ArrayList<>();

  FullAdapter(NDManager owner, AdapterSpec.Full spec, Backbone backbone, Initializer initial) {
    this.owner = owner;
    for (WeightSlot slot : backbone.config().layout().weights()) {
      NDArray weight =
          spec.initial() == AdapterSpec.Initial.RANDOM
              ? fresh(slot, backbone.config().initializerRange(), initial)
              : initial.copy(backbone.weight(slot.name()));
      weights.put(slot.name(), weight);
      parameters.add(new Parameter(slot.name(), weight));
    }
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

  @Override
  public void close() {
    owner.close();
  }
}
