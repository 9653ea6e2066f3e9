package dev.floe.worker.adapter;

import java.util.List;

/** No adapter: the frozen backbone as it is. */
final class UntunedAdapter implements Adapter {

  @Override
  public List<Parameter> parameters() {
    return List.of();
  }

  @Override
  public void close() {
    // owns nothing
  }
}
