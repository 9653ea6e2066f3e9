package dev.floe.protocol.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What a job trains on top of the frozen backbone: one record per method. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = AdapterSpec.Lora.class, name = "lora"),
  @JsonSubTypes.Type(value = AdapterSpec.Series.class, name = "series"),
  @JsonSubTypes.Type(value = AdapterSpec.Parallel.class, name = "parallel"),
  @JsonSubTypes.Type(value = AdapterSpec.Prefix.class, name = "prefix"),
  @JsonSubTypes.Type(value = AdapterSpec.Prompt.class, name = "prompt"),
  @JsonSubTypes.Type(value = AdapterSpec.PTuning.class, name = "p-tuning"),
  @JsonSubTypes.Type(value = AdapterSpec.Ia3.class, name = "ia3"),
  @JsonSubTypes.Type(value = AdapterSpec.Full.class, name = "full"),
  @JsonSubTypes.Type(value = AdapterSpec.Untuned.class, name = "untuned"),
})
public sealed interface AdapterSpec {

  /** Places of the context that virtual tokens take from every row. */
  default int virtualTokens() {
    return 0;
  }

  /**
   * Low-rank adaptation (arXiv 2106.09685): {@code W x + s B A dropout(x)} with {@code s = alpha /
   * rank}.
   *
   * @param rank rows of A and columns of B, at least 1
   * @param alpha numerator of the scale
   * @param dropout probability in [0, 1) that an entry of x is zeroed before A
   * @param rslora whether {@code s = alpha / sqrt(rank)} instead (arXiv 2312.03732)
   * @param dora whether each row of {@code W + s B A} gets a trained length (arXiv 2402.09353)
   * @param bias which of the backbone's biases are trained too; null for none
   * @param initWeights how A starts; null for Kaiming. B starts at zero
   */
  record Lora(
      Placement placement,
      int rank,
      double alpha,
      double dropout,
      boolean rslora,
      boolean dora,
      Bias bias,
      InitWeights initWeights)
      implements AdapterSpec {
    public Lora {
      bias = bias == null ? Bias.NONE : bias;
      initWeights = initWeights == null ? InitWeights.KAIMING : initWeights;
      Checks.present("adapter.placement", placement);
      Checks.atLeast("adapter.rank", rank, 1);
      Checks.positive("adapter.alpha", alpha);
      Checks.probability("adapter.dropout", dropout);
    }

    /** LoRA as its paper has it. */
    public static Lora plain(Placement placement, int rank, double alpha, double dropout) {
      return new Lora(placement, rank, alpha, dropout, false, false, Bias.NONE, null);
    }

    /** The factor of {@code B A x}. */
    public double scale() {
      return alpha / (rslora ? Math.sqrt(rank) : rank);
    }
  }

  /**
   * (IA)³ (arXiv 2205.05638): a trained factor for each output of a linear, or for each input where
   * the linear is the MLP's last.
   */
  record Ia3(Placement placement) implements AdapterSpec {
    public Ia3 {
      Checks.present("adapter.placement", placement);
    }
  }

  /**
   * Series (bottleneck) adapter (arXiv 1902.00751): with {@code y = W x}, {@code y + s ·
   * up(act(down(y)))} for {@link Insertion#OUTPUT}, or {@code W (x + s · up(act(down(x))))} for
   * {@link Insertion#INPUT}.
   *
   * @param bottleneck width between down and up, at least 1
   * @param scaling s
   * @param initWeights how down starts; null for normal. Up starts at zero
   */
  record Series(
      Placement placement,
      int bottleneck,
      Activation activation,
      Scaling scaling,
      double dropout,
      Insertion insertion,
      InitWeights initWeights)
      implements AdapterSpec {
    public Series {
      initWeights = initWeights == null ? InitWeights.NORMAL : initWeights;
      Checks.present("adapter.placement", placement);
      Checks.atLeast("adapter.rank", bottleneck, 1);
      Checks.present("adapter.activation", activation);
      Checks.present("adapter.scaling", scaling);
      Checks.probability("adapter.dropout", dropout);
      Checks.present("adapter.insertion", insertion);
    }

    /** One with a fixed s, its weights at their usual start. */
    public static Series fixed(
        Placement placement,
        int bottleneck,
        Activation activation,
        double scaling,
        Insertion insertion) {
      return new Series(
          placement, bottleneck, activation, Scaling.fixed(scaling), 0, insertion, null);
    }
  }

  /**
   * Parallel adapter (arXiv 2110.04366): {@code W x + s · up(act(down(x)))} beside each linear of
   * the placement, or {@code MLP(x) + s · up(act(down(x)))} beside the whole MLP of each layer in
   * which the placement means one of its linears. Fixed or learned, s makes it the paper's scaled
   * parallel adapter.
   *
   * @param bottleneck width between down and up, at least 1
   * @param scaling s
   * @param beside null for the linears
   * @param initWeights how down starts; null for normal. Up starts at zero
   */
  record Parallel(
      Placement placement,
      int bottleneck,
      Activation activation,
      Scaling scaling,
      double dropout,
      Beside beside,
      InitWeights initWeights)
      implements AdapterSpec {
    public Parallel {
      beside = beside == null ? Beside.PROJECTIONS : beside;
      initWeights = initWeights == null ? InitWeights.NORMAL : initWeights;
      Checks.present("adapter.placement", placement);
      Checks.atLeast("adapter.rank", bottleneck, 1);
      Checks.present("adapter.activation", activation);
      Checks.present("adapter.scaling", scaling);
      Checks.probability("adapter.dropout", dropout);
    }

    /** One beside linears with a fixed s, its weights at their usual start. */
    public static Parallel fixed(
        Placement placement, int bottleneck, Activation activation, double scaling) {
      return new Parallel(
          placement, bottleneck, activation, Scaling.fixed(scaling), 0, Beside.PROJECTIONS, null);
    }
  }

  /**
   * Prefix tuning (arXiv 2101.00190): trained keys and values that every row sees before its own,
   * in each layer.
   *
   * @param virtualTokens number of them, at least 1
   * @param projection whether they come out of a trained two-layer MLP
   * @param encoderSize the MLP's hidden width; 0 for the width of a layer's keys
   */
  record Prefix(int virtualTokens, boolean projection, int encoderSize) implements AdapterSpec {
    public Prefix {
      Checks.atLeast("adapter.virtual-tokens", virtualTokens, 1);
      Checks.atLeast("adapter.encoder-size", encoderSize, 0);
    }

    /** Prefix tuning without a projection. */
    public static Prefix plain(int virtualTokens) {
      return new Prefix(virtualTokens, false, 0);
    }
  }

  /**
   * Prompt tuning (arXiv 2104.08691): trained embeddings of tokens that stand before every row.
   *
   * @param virtualTokens number of them, at least 1
   * @param initText text whose tokens' embeddings they start from, repeated or cut to their number;
   *     null for random ones
   */
  record Prompt(int virtualTokens, String initText) implements AdapterSpec {
    public Prompt {
      Checks.atLeast("adapter.virtual-tokens", virtualTokens, 1);
      if (initText != null) {
        Checks.notBlank("adapter.init-text", initText);
      }
    }
  }

  /**
   * P-tuning (arXiv 2103.10385): like prompt tuning, with embeddings that come out of a trained
   * encoder.
   *
   * @param virtualTokens number of them, at least 1
   * @param encoderSize the encoder's hidden width; 0 for the width of an embedding
   */
  record PTuning(int virtualTokens, Encoder encoder, int encoderSize) implements AdapterSpec {
    public PTuning {
      Checks.atLeast("adapter.virtual-tokens", virtualTokens, 1);
      Checks.present("adapter.encoder", encoder);
      Checks.atLeast("adapter.encoder-size", encoderSize, 0);
    }
  }

  /**
   * The backbone's own weights are trained: the baseline of the paper, and pre-training.
   *
   * @param modules the linears whose weights and biases are trained; null for every weight
   */
  record Full(Initial initial, @JsonInclude(JsonInclude.Include.NON_NULL) Placement modules)
      implements AdapterSpec {
    public Full {
      Checks.present("adapter.init", initial);
      if (modules != null && initial == Initial.RANDOM) {
        throw new IllegalArgumentException(
            "adapter.init random is for training every weight: remove it, or adapter.modules");
      }
    }

    /** Full training of every weight. */
    public static Full everyWeight(Initial initial) {
      return new Full(initial, null);
    }
  }

  /** Nothing is trained: the frozen backbone itself, evaluated as the table's first row. */
  record Untuned() implements AdapterSpec {}

  /** What p-tuning's embeddings come out of. */
  enum Encoder {
    /** Three linears with ReLU between them. */
    MLP,
    /** A bidirectional LSTM of two layers, then two linears with ReLU between them. */
    LSTM
  }

  /** Which of the backbone's biases LoRA trains. */
  enum Bias {
    NONE,
    /** Every one of the backbone. */
    ALL,
    /** Those of the modules that carry LoRA. */
    LORA_ONLY
  }

  /** What a parallel adapter stands beside. */
  enum Beside {
    /** Each linear of the placement. */
    PROJECTIONS,
    /** The whole MLP, from what its first linears read to what its last one gives. */
    MLP_BLOCK
  }

  /** How the first of an adapter's two matrices starts: A, or down. The second starts at zero. */
  enum InitWeights {
    /** Normal, with deviation 0.02 for down and 1 / rank for LoRA's A. */
    NORMAL,
    /** Uniform in ±1/√in: what Kaiming's rule with a = √5 comes to. */
    KAIMING
  }

  /** Where a series adapter sits on its linear. */
  enum Insertion {
    INPUT,
    OUTPUT
  }

  /** The non-linearity between down and up. */
  enum Activation {
    TANH,
    RELU,
    GELU,
    SILU
  }

  /** Where full training starts: from the directory's weights, or from fresh random ones. */
  enum Initial {
    PRETRAINED,
    RANDOM
  }
}
