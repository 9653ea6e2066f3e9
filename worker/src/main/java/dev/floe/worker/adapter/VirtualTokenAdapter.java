package dev.floe.worker.adapter;

import ai.djl.ndarray.NDManager;
import java.util.List;

/** An adapter that trains nothing but virtual tokens; where they stand is each adapter's own. */
abstract class VirtualTokenAdapter implements Adapter {
  private final NDManager owner;
  private final VirtualTokens tokens;

  VirtualTokenAdapter(NDManager owner, VirtualTokens tokens) {
    this.owner = owner;
    this.tokens = tokens;
  }

  final VirtualTokens tokens() {
    return tokens;
  }

  @Override
  public final List<Parameter> parameters() {
    return tokens.parameters();
  }

  @Override
  public final List<Parameter> saved(NDManager scope) {
    return tokens.saved(scope);
  }

  @Override
  public final void close() {
    owner.close();
  }
}
