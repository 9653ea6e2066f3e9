package dev.floe.protocol.job;

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
   */
  record Lora(
      Placement placement,
      int rank,
      double alpha,
      double dropout,
      boolean rslora,
      boolean dora,
      Bias bias)
      implements AdapterSpec {
    public Lora {
      bias = bias == null ? Bias.NONE : bias;
      Checks.present("adapter.placement", placement);
      Checks.atLeast("adapter.rank", rank, 1);
      Checks.positive("adapter.alpha", alpha);
      Checks.probability("adapter.dropout", dropout);
    }

    /** LoRA as its paper has it. */
    public static Lora plain(Placement placement, int rank, double alpha, double dropout) {
      return new Lora(placement, rank, alpha, dropout, false, false, Bias.NONE);
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
   */
  record Series(
      Placement placement,
      int bottleneck,
      Activation activation,
      double scaling,
      double dropout,
      Insertion insertion)
      implements AdapterSpec {
    public Series {
      Checks.present("adapter.placement", placement);
      Checks.atLeast("adapter.rank", bottleneck, 1);
      Checks.present("adapter.activation", activation);
      Checks.positive("adapter.scaling", scaling);
      Checks.probability("adapter.dropout", dropout);
      Checks.present("adapter.insertion", insertion);
    }
  }

  /**
   * Parallel adapter (arXiv 2110.04366): {@code W x + s · up(act(down(x)))}.
   *
   * @param bottleneck width between down and up, at least 1
   * @param scaling s
   */
  record Parallel(
      Placement placement, int bottleneck, Activation activation, double scaling, double dropout)
      implements AdapterSpec {
    public Parallel {
      Checks.present("adapter.placement", placement);
      Checks.atLeast("adapter.rank", bottleneck, 1);
      Checks.present("adapter.activation", activation);
      Checks.positive("adapter.scaling", scaling);
      Checks.probability("adapter.dropout", dropout);
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

  /** Every weight of the backbone is trained: the baseline of the paper, and pre-training. */
  record Full(Initial initial) implements AdapterSpec {
    public Full {
      Checks.present("adapter.init", initial);
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
