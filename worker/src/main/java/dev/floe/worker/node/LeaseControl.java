package dev.floe.worker.node;

import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The flags between the worker's actor and the device's thread. The actor raises them and takes the
 * progress; the running job reads them and tells it.
 */
final class LeaseControl implements RunControl {
  private static final Progress NOT_STARTED =
      new Progress(Progress.Phase.PREPARING, 0, 0, Double.NaN, 0);

  private final AtomicReference<StopReason> stop = new AtomicReference<>();
  private final AtomicBoolean checkpoint = new AtomicBoolean();
  private final Consumer<Progress> follower;
  private Progress latest = NOT_STARTED;
  private List<LossPoint> losses = new ArrayList<>();
  private int lastStep;
  private boolean started;

  @Override
  public Optional<StopReason> stopRequested() {
    return Optional.ofNullable(stop.get());
  }

  @Override
  public boolean checkpointRequested() {
    return checkpoint.getAndSet(false);
  }

  LeaseControl() {
    this(progress -> {});
  }

  /**
   * A control whose progress someone follows.
   *
   * @param follower told on the device's thread
   */
  LeaseControl(Consumer<Progress> follower) {
    this.follower = follower;
  }

  @Override
  public synchronized void progress(Progress progress) {
    follower.accept(progress);
    started = true;
    latest = progress;
    boolean stepped = progress.phase() == Progress.Phase.TRAINING && progress.step() > lastStep;
    if (stepped) {
      lastStep = progress.step();
      losses.add(new LossPoint(lastStep, progress.loss()));
    }
  }

  /** Whether the job has told anything: it is not waiting for its turn. */
  synchronized boolean started() {
    return started;
  }

  /** Asks the job to stop. The first reason stands. */
  void requestStop(StopReason reason) {
    stop.compareAndSet(null, reason);
  }

  void requestCheckpoint() {
    checkpoint.set(true);
  }

  /** Where the job stands, and the points of its curve since the last call. */
  synchronized Told takeProgress() {
    Told told = new Told(latest, losses);
    losses = new ArrayList<>();
    return told;
  }

  /** What a running job told since it was last asked. */
  record Told(Progress progress, List<LossPoint> losses) {}
}
