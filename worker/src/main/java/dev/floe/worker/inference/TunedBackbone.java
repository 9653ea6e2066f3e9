package dev.floe.worker.inference;

import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.ComputeType;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.AdapterFiles;
import dev.floe.worker.backbone.Attachment;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.Decoder;
import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.data.TextTokenizer;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.engine.Device;
import dev.floe.worker.evaluate.BeamDecoder;
import dev.floe.worker.evaluate.GreedyDecoder;
import dev.floe.worker.train.GradientPass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * A backbone, with or without an adapter on it, ready to continue and score texts. To be used by
 * the thread that loaded it.
 */
public final class TunedBackbone implements AutoCloseable {
  /** Rows of one decode batch. On a CPU more rows gain nothing. */
  private static final int BATCH = 64;

  private final NDManager device;
  private Backbone backbone;
  private Adapter adapter;
  private TextTokenizer tokenizer;
  private Decoder decoder;

  private TunedBackbone(NDManager device) {
    this.device = device;
  }

  /**
   * Loads a model directory and an adapter's.
   *
   * @param adapter null for the backbone alone
   * @param threads that libtorch may use for one operation
   * @throws InvalidJobException one of them cannot be used, or they do not fit each other
   */
  public static TunedBackbone load(Path directory, Path adapter, int threads) throws IOException {
    TunedBackbone loaded = new TunedBackbone(Device.open(threads));
    try {
      loaded.load(directory, adapter);
      return loaded;
    } catch (IOException | RuntimeException e) {
      loaded.close();
      throw e;
    }
  }

  private void load(Path directory, Path adapterDirectory) throws IOException {
    backbone = Backbone.load(device, directory, ComputeType.FLOAT32);
    tokenizer = TextTokenizer.openIfPresent(directory, config().vocabulary()).orElse(null);
    Attachment attachment = Attachment.NONE;
    if (adapterDirectory != null) {
      adapter = AdapterFiles.load(adapterDirectory, backbone);
      attachment = adapter;
    }
    decoder = backbone.decoder(attachment);
  }

  public Backbone backbone() {
    return backbone;
  }

  public BackboneConfig config() {
    return backbone.config();
  }

  /** The backbone's tokenizer; empty when its directory has none. */
  public Optional<TextTokenizer> tokenizer() {
    return Optional.ofNullable(tokenizer);
  }

  /**
   * Continues prompts; those of like length share a batch.
   *
   * @param prompts token ids
   * @param done told how many prompts have been continued so far
   * @return the continuations in the prompts' order, without a token that ended them
   */
  public List<int[]> generate(List<int[]> prompts, Decoding decoding, IntConsumer done) {
    Set<Integer> ends =
        decoding.ignoreEnd() ? Set.of() : Set.copyOf(config().specialTokens().eos());
    int[] byLength =
        IntStream.range(0, prompts.size())
            .boxed()
            .sorted(Comparator.comparingInt(index -> prompts.get(index).length))
            .mapToInt(Integer::intValue)
            .toArray();
    int[][] continued = new int[prompts.size()][];
    for (int from = 0; from < byLength.length; from += BATCH) {
      int[] batch = Arrays.copyOfRange(byLength, from, Math.min(from + BATCH, byLength.length));
      List<int[]> rows =
          decode(Arrays.stream(batch).mapToObj(prompts::get).toList(), decoding, ends);
      for (int i = 0; i < batch.length; i++) {
        continued[batch[i]] = rows.get(i);
      }
      done.accept(from + batch.length);
    }
    return new ArrayList<>(Arrays.asList(continued));
  }

  private List<int[]> decode(List<int[]> prompts, Decoding decoding, Set<Integer> ends) {
    if (decoding.beams() == 1) {
      return new GreedyDecoder(backbone, decoder, ends)
          .generate(prompts, decoding.maxNewTokens(), () -> false);
    }
    return beams(decoding.beams(), ends).generate(prompts, decoding.maxNewTokens(), () -> false);
  }

  private BeamDecoder beams(int beams, Set<Integer> ends) {
    try {
      return new BeamDecoder(backbone, decoder, beams, 1, ends);
    } catch (IllegalArgumentException e) {
      throw new InvalidJobException(e.getMessage() + "; take fewer beams", e);
    }
  }

  /** Mean loss over a row's labels; the row must have one. */
  public double loss(TrainingRow row) {
    return new GradientPass(backbone, decoder).loss(List.of(row));
  }

  @Override
  public void close() {
    if (tokenizer != null) {
      tokenizer.close();
    }
    if (adapter != null) {
      adapter.close();
    }
    if (backbone != null) {
      backbone.close();
    }
    device.close();
  }
}
