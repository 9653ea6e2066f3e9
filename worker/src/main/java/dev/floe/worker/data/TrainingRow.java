package dev.floe.worker.data;

/** A row as the model sees it: token ids, and which of them carry loss. */
public final class TrainingRow {

  /** The label of a token that carries no loss. */
  public static final int NO_LOSS = -100;

  private final int[] tokens;
  private final int[] labels;
  private final int labelled;

  /**
   * A row of its own arrays; neither is copied.
   *
   * @param tokens token ids, the special ones included
   * @param labels one per token: the token itself where it carries loss, {@link #NO_LOSS} elsewhere
   */
  public TrainingRow(int[] tokens, int[] labels) {
    if (tokens.length != labels.length) {
      throw new IllegalArgumentException(
          "a row has " + tokens.length + " tokens but " + labels.length + " labels");
    }
    this.tokens = tokens;
    this.labels = labels;
    this.labelled = count(labels);
  }

  /** The model predicts a label from what stands before it, so the first one never counts. */
  private static int count(int[] labels) {
    int count = 0;
    for (int i = 1; i < labels.length; i++) {
      if (labels[i] != NO_LOSS) {
        count++;
      }
    }
    return count;
  }

  /** Token ids; not to be changed. */
  public int[] tokens() {
    return tokens;
  }

  /** Labels, one per token; not to be changed. */
  public int[] labels() {
    return labels;
  }

  /** Tokens that carry loss. */
  public int labelled() {
    return labelled;
  }
}
