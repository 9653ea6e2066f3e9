package dev.floe.worker.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * One prompt's beam search: the hypotheses that go on, and the best of those that ended. It decides
 * as transformers does without early stopping, and knows no tensors.
 *
 * <p>A hypothesis that ends is scored by its summed log-probability divided by {@code
 * length^penalty}, end token included.
 */
final class Beams {

  /**
   * @param beams hypotheses to go on with
   * @param maxNewTokens longest continuation
   * @param endTokens tokens that end a hypothesis
   */
  record Rules(int beams, double lengthPenalty, int maxNewTokens, Set<Integer> endTokens) {

    /** Candidates needed so that enough are left when every end token ends one of every beam. */
    int candidates() {
      return Math.max(2, 1 + endTokens.size()) * beams;
    }

    private float normalized(float score, int length) {
      return score / (float) Math.pow(length, lengthPenalty);
    }
  }

  /**
   * A continuation, as a chain of its tokens: beams share what they have in common.
   *
   * @param before the continuation without its last token; null for the empty one
   * @param token the last token
   * @param score summed log-probability
   * @param parent the beam of the step before that it continues
   */
  private record Hypothesis(Hypothesis before, int token, int length, float score, int parent) {
    static final Hypothesis EMPTY = new Hypothesis(null, -1, 0, 0, 0);

    Hypothesis then(int next, float nextScore, int beam) {
      return new Hypothesis(this, next, length + 1, nextScore, beam);
    }

    int[] tokens() {
      int[] tokens = new int[length];
      for (Hypothesis at = this; at.length > 0; at = at.before) {
        tokens[at.length - 1] = at.token;
      }
      return tokens;
    }
  }

  /**
   * @param whole without the end token
   * @param score normalised
   */
  private record Ended(Hypothesis whole, float score) {}

  private final Rules rules;
  private List<Hypothesis> running = List.of(Hypothesis.EMPTY);
  private final List<Ended> ended = new ArrayList<>();
  private int length;
  private boolean done;

  Beams(Rules rules) {
    this.rules = rules;
  }

  /**
   * Takes the best continuations of the running hypotheses.
   *
   * @param scores summed log-probabilities, best first
   * @param places {@code beam · vocabulary + token} of each
   */
  void advance(float[] scores, long[] places, int vocabulary) {
    length++;
    List<Hypothesis> next = new ArrayList<>();
    for (int rank = 0; rank < scores.length; rank++) {
      int beam = Math.toIntExact(places[rank] / vocabulary);
      int token = Math.toIntExact(places[rank] % vocabulary);
      Hypothesis before = running.get(beam);
      boolean ends = rules.endTokens.contains(token);
      if (ends || length == rules.maxNewTokens) {
        // what is not among the best only stands by in case that too few go on
        if (rank < rules.beams) {
          Hypothesis whole = ends ? before : before.then(token, scores[rank], beam);
          ended.add(new Ended(whole, rules.normalized(scores[rank], length)));
        }
      } else if (next.size() < rules.beams) {
        next.add(before.then(token, scores[rank], beam));
      }
    }
    keepBestEnded();
    running = next;
    done = running.isEmpty() || !canImprove();
  }

  private void keepBestEnded() {
    ended.sort(Comparator.comparing(Ended::score, Comparator.reverseOrder()));
    if (ended.size() > rules.beams) {
      ended.subList(rules.beams, ended.size()).clear();
    }
  }

  /** Whether the best running hypothesis, were it to end here, would get among those that ended. */
  private boolean canImprove() {
    return ended.size() < rules.beams
        || rules.normalized(running.get(0).score, length) > ended.get(ended.size() - 1).score;
  }

  boolean done() {
    return done;
  }

  int size() {
    return running.size();
  }

  /** For each running hypothesis, the beam before the last {@link #advance} that it continues. */
  int[] parents() {
    return running.stream().mapToInt(Hypothesis::parent).toArray();
  }

  /** The last token of each running hypothesis. */
  int[] lastTokens() {
    return running.stream().mapToInt(Hypothesis::token).toArray();
  }

  /** Summed log-probabilities of the running hypotheses. */
  float[] scores() {
    float[] scores = new float[running.size()];
    for (int beam = 0; beam < scores.length; beam++) {
      scores[beam] = running.get(beam).score;
    }
    return scores;
  }

  /** Tokens that every running hypothesis has. */
  int length() {
    return length;
  }

  /** The best hypothesis that ended, or the best running one when none did. */
  int[] best() {
    Hypothesis best = ended.isEmpty() ? running.get(0) : ended.get(0).whole;
    return best.tokens();
  }
}
