package dev.floe.worker.evaluate;

import dev.floe.worker.InvalidJobException;
import dev.floe.worker.backbone.Attachment;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.Decoder;
import dev.floe.worker.backbone.SlicedDecoder;
import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.data.TextTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Continues prompts: greedily, by sampling or by beams, those of like length together. */
public final class Generator {
  /** Rows that run together. On a CPU more rows gain nothing. */
  private static final int MOST_ROWS = 64;

  /** Bytes that keys and values of the rows that run together may take. */
  private static final long LARGEST_CACHE = 4L << 30;

  private final Backbone backbone;
  private final SlicedDecoder decoder;

  /** For beams; empty when there are several adapters. */
  private final Optional<Decoder> alone;

  private final TextTokenizer tokenizer;
  private final Decoding decoding;
  private final Set<Integer> endTokens;
  private final int mostRows;
  private final StopStrings stops;

  /**
   * A generator that ends rows where the backbone's config says, unless told to ignore that.
   *
   * @param tokenizer null when the backbone has none: then there is no text to stop at
   * @throws InvalidJobException texts to stop at need a tokenizer
   */
  public Generator(Backbone backbone, Decoder decoder, TextTokenizer tokenizer, Decoding decoding) {
    this(backbone, decoder, tokenizer, decoding, endTokens(backbone, decoding), MOST_ROWS);
  }

  /**
   * A generator with end tokens of its own.
   *
   * @param mostRows rows that run together, at most
   */
  public Generator(
      Backbone backbone,
      Decoder decoder,
      TextTokenizer tokenizer,
      Decoding decoding,
      Set<Integer> endTokens,
      int mostRows) {
    this(
        backbone,
        SlicedDecoder.of(decoder),
        Optional.of(decoder),
        tokenizer,
        decoding,
        endTokens,
        mostRows);
  }

  private Generator(
      Backbone backbone,
      SlicedDecoder decoder,
      Optional<Decoder> alone,
      TextTokenizer tokenizer,
      Decoding decoding,
      Set<Integer> endTokens,
      int mostRows) {
    this.backbone = backbone;
    this.decoder = decoder;
    this.alone = alone;
    this.tokenizer = tokenizer;
    this.decoding = decoding;
    this.endTokens = Set.copyOf(endTokens);
    this.mostRows = mostRows;
    if (tokenizer == null && !decoding.stop().isEmpty()) {
      throw new InvalidJobException(
          backbone.description().path()
              + ": has no tokenizer, which a text to stop at is read with; leave stop out");
    }
    stops = new StopStrings(decoding.stop(), tokenizer);
  }

  /**
   * A generator for the rows of several adapters, which run in one batch.
   *
   * @param adapters each of which {@link Backbone#decodesWithOthers} must allow
   * @param decoding without beams
   * @param mostRows rows that run together, at most
   */
  public static Generator ofSeveral(
      Backbone backbone,
      List<? extends Attachment> adapters,
      TextTokenizer tokenizer,
      Decoding decoding,
      Set<Integer> endTokens,
      int mostRows) {
    if (decoding.beams() > 1) {
      throw new IllegalArgumentException("beams of several adapters cannot share a batch");
    }
    SlicedDecoder decoder = backbone.decoder(adapters);
    return new Generator(
        backbone, decoder, Optional.empty(), tokenizer, decoding, endTokens, mostRows);
  }

  /** A generator for several adapters that ends rows where one for one adapter does. */
  public static Generator ofSeveral(
      Backbone backbone,
      List<? extends Attachment> adapters,
      TextTokenizer tokenizer,
      Decoding decoding) {
    Set<Integer> ends = endTokens(backbone, decoding);
    return ofSeveral(backbone, adapters, tokenizer, decoding, ends, MOST_ROWS);
  }

  private static Set<Integer> endTokens(Backbone backbone, Decoding decoding) {
    return decoding.ignoreEnd() ? Set.of() : Set.copyOf(backbone.config().specialTokens().eos());
  }

  /**
   * Continues each prompt. What is drawn for a prompt depends on its place in the list, not on what
   * it runs together with.
   *
   * @param prompts token ids, at least one each
   * @param stop asked between tokens; when true, what there is so far is returned
   * @param done told how many prompts have been continued so far
   * @return the continuations in the prompts' order
   */
  public List<Continuation> generate(List<int[]> prompts, BooleanSupplier stop, IntConsumer done) {
    return generate(prompts, DecodeWatch.ofOne(stop, done)).get(0);
  }

  /**
   * Continues each prompt under every adapter.
   *
   * @return of each adapter, the continuations in the prompts' order
   */
  public List<List<Continuation>> generate(List<int[]> prompts, DecodeWatch watch) {
    int[] byLength =
        IntStream.range(0, prompts.size())
            .boxed()
            .sorted(Comparator.comparingInt(index -> prompts.get(index).length))
            .mapToInt(Integer::intValue)
            .toArray();
    List<int[][]> tokens =
        decoding.beams() == 1
            ? rowByRow(prompts, byLength, watch)
            : List.<int[][]>of(byBeams(prompts, byLength, watch));
    return tokens.stream().map(this::continuations).toList();
  }

  private List<Continuation> continuations(int[][] tokens) {
    return Arrays.stream(tokens).map(row -> new Continuation(row, text(row))).toList();
  }

  private String text(int[] tokens) {
    return tokenizer == null ? null : stops.cut(tokenizer.decode(tokens, true));
  }

  /**
   * Rows wait adapter by adapter: the batch is full to the last of them, and holds few adapters at
   * a time, whose slices are long.
   */
  private List<int[][]> rowByRow(List<int[]> prompts, int[] byLength, DecodeWatch watch) {
    DecodeRow.Ends ends = new DecodeRow.Ends(endTokens, stops, decoding.maxNewTokens());
    List<DecodeRow> rows = new ArrayList<>();
    List<int[][]> tokens = new ArrayList<>();
    for (int adapter = 0; adapter < decoder.adapters(); adapter++) {
      for (int index : byLength) {
        rows.add(new DecodeRow(index, adapter, prompts.get(index), ends));
      }
      tokens.add(new int[prompts.size()][]);
    }
    int capacity = capacity(prompts);
    new ContinuousDecoder(backbone, decoder, choice(), mostRows(capacity))
        .run(rows, capacity, watch);
    rows.forEach(row -> tokens.get(row.adapter())[row.id()] = row.continuation());
    return tokens;
  }

  private TokenChoice choice() {
    return decoding.sampling() == null
        ? TokenChoice.greedy(backbone.kernels(), decoder)
        : TokenChoice.sampling(backbone.kernels(), decoder, decoding.sampling());
  }

  private int[][] byBeams(List<int[]> prompts, int[] byLength, DecodeWatch watch) {
    BooleanSupplier stop = () -> watch.stopped(0);
    BeamDecoder beams = beams();
    int batch = Math.max(1, mostRows(capacity(prompts)) / decoding.beams());
    int[][] tokens = new int[prompts.size()][0];
    for (int from = 0; from < byLength.length && !stop.getAsBoolean(); from += batch) {
      int[] part = Arrays.copyOfRange(byLength, from, Math.min(from + batch, byLength.length));
      List<int[]> rows =
          beams.generate(
              Arrays.stream(part).mapToObj(prompts::get).toList(), decoding.maxNewTokens(), stop);
      for (int i = 0; i < part.length; i++) {
        tokens[part[i]] = rows.get(i);
      }
      watch.done(0, from + part.length);
    }
    return tokens;
  }

  private BeamDecoder beams() {
    try {
      return new BeamDecoder(backbone, alone.orElseThrow(), decoding.beams(), 1, endTokens);
    } catch (IllegalArgumentException e) {
      throw new InvalidJobException(e.getMessage() + "; take fewer beams", e);
    }
  }

  private int capacity(List<int[]> prompts) {
    return prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0)
        + decoding.maxNewTokens();
  }

  private int mostRows(int capacity) {
    BackboneConfig config = backbone.config();
    long perToken = 2L * config.layers() * config.keyValueHeads() * config.headDimension();
    long rows = LARGEST_CACHE / (perToken * capacity * Float.BYTES);
    return (int) Math.max(1, Math.min(mostRows, rows));
  }
}
