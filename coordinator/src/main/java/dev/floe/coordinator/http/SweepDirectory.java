package dev.floe.coordinator.http;

import dev.floe.coordinator.view.SweepFeed;
import java.util.LinkedHashMap;
import java.util.Map;

/** The sweeps that an API shows. Safe to use from any thread. */
@FunctionalInterface
public interface SweepDirectory {

  /** The feeds of all sweeps known now, by the sweep's id, oldest first. */
  Map<String, SweepFeed> sweeps();

  /** A directory of one sweep. */
  static SweepDirectory of(String id, SweepFeed feed) {
    Map<String, SweepFeed> only = new LinkedHashMap<>();
    only.put(id, feed);
    return () -> only;
  }
}
