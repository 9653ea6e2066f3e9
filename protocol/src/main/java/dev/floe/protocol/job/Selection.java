package dev.floe.protocol.job;

/**
 * What a job does with its validation loss. Without validation rows it means nothing.
 *
 * @param evalEvery optimizer steps between two validations; 0 for one per pass over the data
 * @param keep which values the adapter has at the end; null for the best
 * @param patience validations in a row without improvement after which training stops; 0 for never
 * @param minDelta how much lower than the best a loss must be to count as an improvement
 */
public record Selection(int evalEvery, Keep keep, int patience, double minDelta) {
  /** Validates once per pass, keeps the best, never stops early. */
  public static final Selection DEFAULT = new Selection(0, Keep.BEST, 0, 0);

  public Selection {
    keep = keep == null ? Keep.BEST : keep;
    Checks.atLeast("train.eval-every", evalEvery, 0);
    Checks.atLeast("train.early-stop.patience", patience, 0);
    Checks.notNegative("train.early-stop.min-delta", minDelta);
  }

  /** Which values an adapter has at the end. */
  public enum Keep {
    /** Those of the lowest validation loss. */
    BEST,
    /** Those of the last step. */
    LAST
  }
}
