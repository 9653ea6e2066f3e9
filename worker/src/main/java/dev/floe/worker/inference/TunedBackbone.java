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
import dev.floe.worker.evaluate.Continuation;
import dev.floe.worker.evaluate.Decoding;
import dev.floe.worker.evaluate.Generator;
import dev.floe.worker.train.GradientPass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * A backbone, with or without an adapter on it, ready to continue and score texts. To be used by
 * the thread that loaded it.
 */
public final class TunedBackbone implements AutoCloseable {
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
   * Continues prompts.
   *
   * @param prompts token ids
   * @param done told how many prompts have been continued so far
   * @return the continuations in the prompts' order
   */
  public List<Continuation> generate(List<int[]> prompts, Decoding decoding, IntConsumer done) {
    return new Generator(backbone, decoder, tokenizer, decoding)
        .generate(prompts, () -> false, done);
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
