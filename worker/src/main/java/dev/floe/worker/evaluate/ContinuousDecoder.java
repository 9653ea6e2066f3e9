package dev.floe.worker.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.KeyValueCache;
import dev.floe.worker.backbone.SharedPrompt;
import dev.floe.worker.backbone.SlicedDecoder;
import dev.floe.worker.kernel.GradMode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Continues many prompts token by token with a key-value cache. Rows that end leave the batch and
 * waiting ones take their seats, so no row waits for the slowest of its batch. Rows need no
 * padding: each has its own position. What all prompts begin with is run once.
 *
 * <p>Rows of several adapters run in one batch. Those of one adapter sit side by side ({@link
 * Seating}), so that each adapter acts on one slice of it.
 */
final class ContinuousDecoder {
  private final NDManager manager;
  private final SlicedDecoder decoder;
  private final TokenChoice choice;
  private final int seats;

  /**
   * @param seats rows that run together, at most
   */
  ContinuousDecoder(Backbone backbone, SlicedDecoder decoder, TokenChoice choice, int seats) {
    this.manager = backbone.manager();
    this.decoder = decoder;
    this.choice = choice;
    this.seats = seats;
  }

  /**
   * Continues every row to its end.
   *
   * @param rows in the order in which they take their seats; neighbours should be equally long
   * @param capacity tokens that the longest row may come to, prompt and continuation together
   * @param watch whose word ends an adapter's rows as far as they are; told how many have ended
   */
  void run(List<DecodeRow> rows, int capacity, DecodeWatch watch) {
    try (GradMode mode = GradMode.off();
        NDManager scope = manager.newSubManager();
        KeyValueCache cache = decoder.newCache(scope, Math.min(seats, rows.size()), capacity)) {
      int[] beginning =
          decoder.canShare(capacity)
              ? CommonPrompt.of(rows.stream().map(DecodeRow::prompt).toList())
              : new int[0];
      SharedPrompt shared = beginning.length == 0 ? null : decoder.share(scope, beginning);
      Batch batch = new Batch(scope, rows, cache, shared);
      while (!batch.isEmpty()) {
        batch.endStopped(watch);
        if (batch.worthReseating()) {
          batch.reseat(watch);
        } else {
          batch.step();
        }
      }
    }
  }

  /** The rows that sit in the cache, and those that wait. */
  private final class Batch {
    private final NDManager parent;
    private final KeyValueCache cache;
    private final SharedPrompt shared;
    private final Deque<DecodeRow> waiting;
    private List<DecodeRow> seated = List.of();
    private final int[] left = new int[decoder.adapters()];

    Batch(NDManager parent, List<DecodeRow> rows, KeyValueCache cache, SharedPrompt shared) {
      this.parent = parent;
      this.cache = cache;
      this.shared = shared;
      waiting = new ArrayDeque<>(rows);
    }

    boolean isEmpty() {
      return waiting.isEmpty() && seated.isEmpty();
    }

    void endStopped(DecodeWatch watch) {
      for (int adapter = 0; adapter < left.length; adapter++) {
        if (watch.stopped(adapter)) {
          int stopped = adapter;
          waiting.removeIf(row -> row.adapter() == stopped);
          seated.stream().filter(row -> row.adapter() == stopped).forEach(DecodeRow::end);
        }
      }
    }

    /**
     * Whether enough rows have ended. A row that stays costs its part of each step; what makes
     * waiting for a few of them worth it is that those that join run together.
     */
    boolean worthReseating() {
      long ended = seated.stream().filter(DecodeRow::finished).count();
      if (ended == seated.size()) {
        return true;
      }
      return waiting.isEmpty() ? ended * 8 >= seated.size() : ended * 8 >= seats;
    }

    void reseat(DecodeWatch watch) {
      int ended = leave(watch);
      int free = seats - seated.size() + ended;
      List<DecodeRow> joining = new ArrayList<>();
      while (joining.size() < free && !waiting.isEmpty()) {
        joining.add(waiting.remove());
      }
      joining.sort(Comparator.comparingInt(DecodeRow::adapter));
      int positions = seated.stream().mapToInt(DecodeRow::position).max().orElse(0) + 1;
      Seating seating = Seating.of(seated, joining);
      seated = seating.rows();
      if (!seated.isEmpty()) {
        cache.move(seating.from(), seating.to(), decoder.tokensBefore() + positions);
        cache.resize(seated.size());
        join(joining, seating.joined());
      }
    }

    /** Counts the rows that have ended, and tells of them. */
    private int leave(DecodeWatch watch) {
      int[] before = left.clone();
      seated.stream().filter(DecodeRow::finished).forEach(row -> left[row.adapter()]++);
      int ended = 0;
      for (int adapter = 0; adapter < left.length; adapter++) {
        if (left[adapter] > before[adapter]) {
          ended += left[adapter] - before[adapter];
          watch.done(adapter, left[adapter]);
        }
      }
      return ended;
    }

    /** Runs the prompts of rows, which then have their first tokens, and seats them. */
    private void join(List<DecodeRow> joining, int[] at) {
      if (joining.isEmpty()) {
        return;
      }
      int known = shared == null ? 0 : shared.tokens();
      List<int[]> rest =
          joining.stream()
              .map(row -> Arrays.copyOfRange(row.prompt(), known, row.prompt().length))
              .toList();
      int longest = joining.stream().mapToInt(row -> row.prompt().length).max().orElseThrow();
      try (NDManager scope = parent.newSubManager();
          KeyValueCache own = decoder.newCache(scope, joining.size(), longest)) {
        SlicedDecoder.Output output = decoder.prefill(scope, rest, adapters(joining), own, shared);
        cache.join(own, at);
        accept(joining, choice.next(scope, output.hidden(), output.batch().picks(), joining));
      }
    }

    /** Runs one more token of every row. */
    void step() {
      try (NDManager scope = parent.newSubManager()) {
        long[] tokens = seated.stream().mapToLong(DecodeRow::lastToken).toArray();
        long[] positions = seated.stream().mapToLong(DecodeRow::position).toArray();
        NDArray hidden = decoder.step(scope, tokens, positions, adapters(seated), cache);
        long[] all = new long[seated.size()];
        Arrays.setAll(all, row -> row);
        accept(seated, choice.next(scope, hidden, scope.create(all), seated));
      }
    }

    private static int[] adapters(List<DecodeRow> rows) {
      return rows.stream().mapToInt(DecodeRow::adapter).toArray();
    }

    private void accept(List<DecodeRow> rows, long[] tokens) {
      for (int i = 0; i < tokens.length; i++) {
        rows.get(i).accept(Math.toIntExact(tokens[i]));
      }
    }
  }
}
