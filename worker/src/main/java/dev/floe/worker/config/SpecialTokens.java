package dev.floe.worker.config;

import java.util.List;

/**
 * The token ids that stand for no text.
 *
 * @param bos put before every row; null when the backbone has none
 * @param eos each of them ends a text, the first is the one that is written; may be empty
 * @param pad fills short rows of a batch; null when the backbone has none
 */
public record SpecialTokens(Integer bos, List<Integer> eos, Integer pad) {
  public SpecialTokens {
    eos = List.copyOf(eos);
  }

  /** A row's tokens behind the one that begins every row, if the backbone has one. */
  public int[] withBos(int[] text) {
    if (bos == null) {
      return text;
    }
    int[] ids = new int[text.length + 1];
    ids[0] = bos;
    System.arraycopy(text, 0, ids, 1, text.length);
    return ids;
  }
}
