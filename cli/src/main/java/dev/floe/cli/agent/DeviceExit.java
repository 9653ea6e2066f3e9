package dev.floe.cli.agent;

/** With what a device's process ends; its agent acts on it. */
final class DeviceExit {
  /** Drained: it is not wanted any more. */
  static final int DRAINED = 0;

  /** The cluster runs another version of floe, or the settings cannot be used. */
  static final int REFUSED = 2;

  /** Nobody answered. */
  static final int NOBODY_THERE = 3;

  /** The cluster took it for dead. */
  static final int DOWNED = 4;

  /** What the sweep's nodes share cannot be seen from here. */
  static final int BLIND = 5;

  /** Its agent is gone. */
  static final int ORPHANED = 6;

  private DeviceExit() {}
}
