package dev.floe.worker.data;

import java.util.List;

/**
 * Rows ready for training.
 *
 * @param dropped rows left out because no label was left in them
 * @param truncated rows kept that lost tokens with a label to the cutoff
 */
public record EncodedData(List<TrainingRow> rows, int dropped, int truncated) {
  public EncodedData {
    rows = List.copyOf(rows);
  }
}
