package dev.floe.protocol.catalog;

import java.util.List;
import java.util.Locale;

/**
 * An adapter type as users are told of it: what it computes, its settings, and how many weights it
 * trains. {@code floe adapters} prints these, {@code docs/adapters.md} holds the same formulas, and
 * tests compare both and the real counts with what is here.
 *
 * <p>Names in formulas: {@code in} and {@code out} are a module's features, {@code bias} the size
 * of its bias, {@code r} the rank, {@code d} the width of the stream, {@code L} layers, {@code K}
 * key-value heads, {@code D} the head size, {@code V} virtual tokens, {@code e} the width of an
 * embedding, {@code h} the encoder size, {@code biases} and {@code weights} all of the backbone's.
 */
public enum AdapterKind {
  LORA(
      "W x + (alpha / rank) B A x",
      "placement, rank, alpha (twice the rank), dropout (0), rslora (false), dora (false),"
          + " bias (none), init-weights (kaiming)",
      Trained.each("", "r (in + out)"),
      Trained.each("rslora: true", "r (in + out)"),
      Trained.each("dora: true", "r (in + out) + out"),
      Trained.each("bias: lora-only", "r (in + out) + bias"),
      Trained.eachAndOnce("bias: all", "r (in + out)", "biases")),
  SERIES(
      "y = W x; y + scaling * up(act(down(y))), or the same in front of W",
      "placement, rank, activation (tanh), scaling (1), dropout (0), insertion (output),"
          + " init-weights (normal)",
      Trained.each("", "2 r out"),
      Trained.each("insertion: input", "2 r in"),
      Trained.each("scaling: learned", "2 r out + 1")),
  PARALLEL(
      "W x + scaling * up(act(down(x))), or the same beside the whole MLP",
      "placement, rank, activation (tanh), scaling (1), dropout (0), beside (projections),"
          + " init-weights (normal)",
      Trained.each("", "r (in + out)"),
      Trained.each("scaling: learned", "r (in + out) + 1"),
      Trained.each("beside: mlp-block", "2 r d")),
  IA3(
      "l * (W x); on the MLP's last linear W (l * x)",
      "placement",
      Trained.each("", "out"),
      Trained.each("the MLP's last linear", "in")),
  PREFIX(
      "keys and values of virtual tokens in front of every row, in each layer",
      "virtual-tokens, projection (false), encoder-size (the keys' width)",
      Trained.once("", "2 V L K D"),
      Trained.once("projection: true", "V K D + (K D + 1) h + (h + 1) 2 L K D")),
  PROMPT(
      "trained embeddings of virtual tokens in front of every row",
      "virtual-tokens, init-text",
      Trained.once("", "V e")),
  P_TUNING(
      "like prompt, with embeddings that an encoder makes",
      "virtual-tokens, encoder (mlp), encoder-size (the embedding's width)",
      Trained.once("encoder: mlp", "V e + (e + 1) h + (h + 1) h + (h + 1) e"),
      Trained.once(
          "encoder: lstm", "V e + 8 h (e + h + 2) + 8 h (3 h + 2) + (2 h + 1) 2 h + (2 h + 1) e")),
  FULL(
      "the backbone's own weights: every one, or those of named modules",
      "init (pretrained), modules (every weight)",
      Trained.once("", "weights"),
      Trained.each("modules", "in out + bias"));

  private final String computes;
  private final String settings;

  @SuppressWarnings("ImmutableEnumChecker") // a copy, of records
  private final List<Trained> trained;

  AdapterKind(String computes, String settings, Trained... trained) {
    this.computes = computes;
    this.settings = settings;
    this.trained = List.of(trained);
  }

  /**
   * How many weights are trained with an option.
   *
   * @param option as sweep files have it; empty for the type's defaults
   * @param each per module, of which an MLP block is one; none where there are no modules
   * @param once besides; none where modules are all
   */
  public record Trained(String option, List<Formula> each, List<Formula> once) {
    static Trained each(String option, String formula) {
      return new Trained(option, List.of(new Formula(formula)), List.of());
    }

    static Trained once(String option, String formula) {
      return new Trained(option, List.of(), List.of(new Formula(formula)));
    }

    static Trained eachAndOnce(String option, String each, String once) {
      return new Trained(option, List.of(new Formula(each)), List.of(new Formula(once)));
    }
  }

  /** The name that sweep files use, such as {@code p-tuning}. */
  public String type() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public String computes() {
    return computes;
  }

  /** The keys of {@code adapter} that it has, with their defaults in parentheses. */
  public String settings() {
    return settings;
  }

  /** Each option that changes how many weights are trained, the defaults first. */
  public List<Trained> trained() {
    return trained;
  }

  /** The formulas of an option. */
  public Trained trained(String option) {
    return trained.stream()
        .filter(one -> one.option().equals(option))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(type() + " has no option " + option));
  }
}
