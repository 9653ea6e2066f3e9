package dev.floe.coordinator.sweep;

import java.util.List;
import java.util.function.Consumer;

/**
 * What one command comes to.
 *
 * @param events to persist; none are fine
 * @param then to do once they are, with the state after them
 */
record Step(List<SweepEvent> events, Consumer<SweepState> then) {

  static Step of(List<SweepEvent> events, Consumer<SweepState> then) {
    return new Step(events, then);
  }

  /** Nothing to persist, but something to say. */
  static Step reply(Consumer<SweepState> then) {
    return new Step(List.of(), then);
  }

  static Step none() {
    return reply(state -> {});
  }
}
