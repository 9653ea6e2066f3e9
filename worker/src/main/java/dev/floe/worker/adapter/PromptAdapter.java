package dev.floe.worker.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Encoder;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.config.WeightSlot;
import dev.floe.worker.data.TextTokenizer;
import dev.floe.worker.kernel.GradMode;
import dev.floe.worker.kernel.Kernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Prompt tuning (arXiv 2104.08691) and p-tuning (arXiv 2103.10385): embeddings {@code [V, e]} of V
 * virtual tokens that stand before every row. In prompt tuning they are trained, {@code V · e}
 * weights, and start normal with deviation 1, as PEFT starts them, or as the embeddings of a text's
 * tokens.
 *
 * <p>In p-tuning an encoder with h hidden features makes them from a trained embedding {@code [V,
 * e]}. MLP: {@code V · e + (e + 1) · h + (h + 1) · h + (h + 1) · e} weights. LSTM, two layers both
 * ways: {@code V · e + 8h · (e + h + 2) + 8h · (3h + 2) + (2h + 1) · 2h + (2h + 1) · e}.
 *
 * <p>Unlike most adapters they change the backbone's function from the start: attention cannot pass
 * over a token that is there.
 */
final class PromptAdapter extends VirtualTokenAdapter {
  private PromptAdapter(NDManager owner, VirtualTokens tokens) {
    super(owner, tokens);
  }

  /**
   * @throws InvalidJobException when the backbone's context has no room for the tokens
   */
  static PromptAdapter prompt(
      NDManager owner, AdapterSpec.Prompt spec, Backbone backbone, Initializer initial) {
    VirtualTokens.checkRoom(spec.virtualTokens(), backbone.config());
    if (spec.initText() == null) {
      int width = embedding(backbone).dimensions().get(1).intValue();
      return new PromptAdapter(owner, VirtualTokens.plain(initial, spec.virtualTokens(), width));
    }
    long[] ids = textIds(spec, backbone);
    try (GradMode mode = GradMode.off();
        NDManager scope = owner.newSubManager()) {
      NDArray index = scope.create(ids);
      NDArray table = backbone.weight(embedding(backbone).name());
      NDArray vectors = backbone.kernels().embed(scope, index, table);
      return new PromptAdapter(owner, VirtualTokens.plain(initial.copy(vectors)));
    }
  }

  /**
   * @throws InvalidJobException when the backbone's context has no room for the tokens
   */
  static PromptAdapter pTuning(
      NDManager owner, AdapterSpec.PTuning spec, Backbone backbone, Initializer initial) {
    VirtualTokens.checkRoom(spec.virtualTokens(), backbone.config());
    int width = embedding(backbone).dimensions().get(1).intValue();
    int hidden = spec.encoderSize() == 0 ? width : spec.encoderSize();
    Kernels kernels = backbone.kernels();
    return new PromptAdapter(
        owner,
        spec.encoder() == Encoder.MLP
            ? VirtualTokens.mlp(kernels, initial, spec.virtualTokens(), width, hidden)
            : VirtualTokens.lstm(kernels, initial, spec.virtualTokens(), width, hidden));
  }

  /** The token embedding comes first among a layout's weights. */
  private static WeightSlot embedding(Backbone backbone) {
    return backbone.config().layout().weights().stream()
        .filter(slot -> slot.kind() == WeightSlot.Kind.EMBEDDING)
        .findFirst()
        .orElseThrow();
  }

  /** The text's tokens, without special ones, repeated or cut to the number of virtual ones. */
  private static long[] textIds(AdapterSpec.Prompt spec, Backbone backbone) {
    Path directory = Path.of(backbone.description().path());
    try (TextTokenizer tokenizer = TextTokenizer.open(directory, backbone.config().vocabulary())) {
      int[] text = tokenizer.encode(spec.initText());
      if (text.length == 0) {
        throw new InvalidJobException("adapter.init-text has no tokens: " + spec.initText());
      }
      long[] ids = new long[spec.virtualTokens()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = text[i % text.length];
      }
      return ids;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<NDArray> prompt(NDManager scope) {
    return List.of(tokens().vectors(scope));
  }

  @Override
  public int promptTokens() {
    return tokens().count();
  }
}
