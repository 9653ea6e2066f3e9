package dev.floe.cli.bench;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** A way to run the jobs of a sweep on one device. */
enum SweepMode {
  /** One process; jobs share passes and decode batches. */
  BUNDLES_ON("bundles-on"),
  /** One process with the backbone resident; one job after the other. */
  BUNDLES_OFF("bundles-off"),
  /** A process for each job, one after the other, as a shell loop would do it. */
  PROCESS_PER_JOB("process-per-job");

  private final String key;

  SweepMode(String key) {
    this.key = key;
  }

  /** What the command line and the table call it. */
  String key() {
    return key;
  }

  /** The mode of a key; empty when there is none. */
  static Optional<SweepMode> of(String key) {
    return Arrays.stream(values()).filter(mode -> mode.key.equals(key)).findFirst();
  }

  /** All keys. */
  static String keys() {
    return Arrays.stream(values()).map(SweepMode::key).collect(Collectors.joining(", "));
  }
}
