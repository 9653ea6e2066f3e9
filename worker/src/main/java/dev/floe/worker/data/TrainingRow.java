package dev.floe.worker.data;

/**
 * A row as the model sees it.
 *
 * @param tokens token ids, the special ones included
 * @param labels one per token: the token itself where it carries loss, {@link #NO_LOSS} elsewhere.
 *     The model predicts a label from what stands before it, so the first one never counts
 */
public record TrainingRow(int[] tokens, int[] labels) {

  /** The label of a token that carries no loss. */
  public static final int NO_LOSS = -100;

  public TrainingRow {
    if (tokens.length != labels.length) {
      throw new IllegalArgumentException(
          "a row has " + tokens.length + " tokens but " + labels.length + " labels");
    }
  }

  /** Tokens that carry loss. */
  public int labelled() {
    int count = 0;
    for (int i = 1; i < labels.length; i++) {
      if (labels[i] != NO_LOSS) {
        count++;
      }
    }
    return count;
  }
}
