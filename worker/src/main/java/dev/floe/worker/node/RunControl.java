package dev.floe.worker.node;

import dev.floe.protocol.report.Progress;
import java.util.Optional;

/** What a running job hears and tells between two steps. Safe to use from any thread. */
public interface RunControl {

  /** Why the job should stop at the next step; empty while it should go on. */
  Optional<StopReason> stopRequested();

  /** Whether a checkpoint is wanted now. Asking takes the request: the next call says no. */
  boolean checkpointRequested();

  /** Tells where the job stands; cheap, to be called after every step. */
  void progress(Progress progress);

  /** Why a job is asked to stop. */
  enum StopReason {
    /** The job is not wanted any more: stop without a checkpoint. */
    CANCEL,
    /** The worker goes away, or the sweep rests: checkpoint, then stop. */
    DRAIN
  }

  /** A control for a job that nobody watches: never stopped, its progress goes nowhere. */
  static RunControl unattended() {
    return new RunControl() {
      @Override
      public Optional<StopReason> stopRequested() {
        return Optional.empty();
      }

      @Override
      public boolean checkpointRequested() {
        return false;
      }

      @Override
      public void progress(Progress progress) {}
    };
  }
}
