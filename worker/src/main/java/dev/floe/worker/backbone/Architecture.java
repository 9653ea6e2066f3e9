package dev.floe.worker.backbone;

import ai.djl.ndarray.NDManager;
import dev.floe.worker.config.Alibi;
import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.config.BloomConfig;
import dev.floe.worker.config.GptJConfig;
import dev.floe.worker.config.GptNeoXConfig;
import dev.floe.worker.config.LlamaConfig;
import dev.floe.worker.config.OptConfig;
import dev.floe.worker.kernel.Kernels;
import java.util.List;

/**
 * A backbone's architecture: how its attention works, and how its layers are made of weights. The
 * one place that lists the architectures.
 */
record Architecture(AttentionScheme scheme, StackMaker maker) {

  /** Makes the layers from weights as one job sees them. */
  @FunctionalInterface
  interface StackMaker {
    LayerStack make(Weights weights);
  }

  /**
   * @param owner of the scheme's tensors
   */
  static Architecture of(BackboneConfig config, Kernels kernels, NDManager owner) {
    return config.accept(new Choice(kernels, owner));
  }

  /** The decoder of one job. */
  Decoder decoder(Kernels kernels, Weights weights, Attachment attachment) {
    CausalAttention attention = new CausalAttention(kernels, scheme, attachment);
    return new Decoder(kernels, scheme.layers(), maker.make(weights), attention, attachment);
  }

  /** The decoder of a bundle of jobs. */
  BundleDecoder bundle(
      Kernels kernels, BundleDecoder.StackOf stacks, List<Attachment> jobs, FrozenPrefix prefix) {
    return new BundleDecoder(kernels, scheme, stacks, jobs, prefix);
  }

  private record Choice(Kernels kernels, NDManager owner)
      implements BackboneConfig.Visitor<Architecture> {

    @Override
    public Architecture llama(LlamaConfig config) {
      float[] frequencies = config.rope().inverseFrequencies(config.headDimension());
      return new Architecture(
          AttentionScheme.rotary(config, owner.create(frequencies), false),
          weights -> new LlamaStack(kernels, config, weights));
    }

    @Override
    public Architecture bloom(BloomConfig config) {
      float[] slopes = Alibi.slopes(config.heads());
      return new Architecture(
          AttentionScheme.alibi(config, owner.create(slopes)),
          weights -> new BloomStack(kernels, config, weights));
    }

    @Override
    public Architecture gptJ(GptJConfig config) {
      float[] frequencies = config.rope().inverseFrequencies(config.rotaryDimensions());
      return new Architecture(
          AttentionScheme.rotary(config, owner.create(frequencies), true),
          weights -> new GptJStack(kernels, config, weights));
    }

    @Override
    public Architecture opt(OptConfig config) {
      return new Architecture(
          AttentionScheme.plain(config), weights -> new OptStack(kernels, config, weights));
    }

    @Override
    public Architecture gptNeoX(GptNeoXConfig config) {
      float[] frequencies = config.rope().inverseFrequencies(config.rotaryDimensions());
      return new Architecture(
          AttentionScheme.rotary(config, owner.create(frequencies), false),
          weights -> new GptNeoXStack(kernels, config, weights));
    }
  }
}
