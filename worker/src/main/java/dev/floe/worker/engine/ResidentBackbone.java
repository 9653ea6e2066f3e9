package dev.floe.worker.engine;

import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.ComputeType;
import dev.floe.worker.backbone.Backbone;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backbone that stays on the device from job to job. A job on another one makes it leave first,
 * so that two never have to fit.
 */
final class ResidentBackbone implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ResidentBackbone.class);

  /**
   * Bytes for what comes out of frozen lower layers: an eighth of what is free, if that is less.
   */
  private static final long MOST_FOR_PREFIX = 1L << 30;

  private final NDManager device;
  private String key;
  private Backbone backbone;

  ResidentBackbone(NDManager device) {
    this.device = device;
  }

  /** Bytes that a backbone which is loaded now would keep of such states. */
  static long prefixBound() {
    return Math.min(MOST_FOR_PREFIX, MachineMemory.free() / 8);
  }

  /**
   * The backbone of a directory, loaded if it is not resident.
   *
   * @param type that it computes in
   * @param blank whether only its config is wanted, for training from random initialisation
   */
  Backbone get(Path directory, ComputeType type, boolean blank) throws IOException {
    String wanted = type + (blank ? " blank " : " ") + directory;
    if (!wanted.equals(key)) {
      close();
      long start = System.nanoTime();
      backbone =
          blank ? Backbone.blank(device, directory, type) : Backbone.load(device, directory, type);
      key = wanted;
      backbone.keepPrefixStates(prefixBound());
      log.info(
          "backbone {} is resident in {} after {} ms",
          directory,
          type,
          (System.nanoTime() - start) / 1_000_000);
    }
    return backbone;
  }

  @Override
  public void close() {
    if (backbone != null) {
      backbone.close();
      backbone = null;
      key = null;
    }
  }
}
