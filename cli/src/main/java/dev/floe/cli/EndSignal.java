package dev.floe.cli;

/** What a process still does when Ctrl-C or SIGTERM ends it, until that is called off. */
public final class EndSignal {

  /** Brings the work to an end; the process is gone when it returns. */
  @FunctionalInterface
  public interface Ending {
    void run() throws InterruptedException;
  }

  private final Thread hook;
  private volatile boolean came;

  private EndSignal(Ending ending) {
    hook = new Thread(() -> onSignal(ending), "floe-interruption");
  }

  /** From now on a signal runs this before the process ends. */
  public static EndSignal runs(Ending ending) {
    EndSignal signal = new EndSignal(ending);
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  private void onSignal(Ending ending) {
    came = true;
    try {
      ending.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the process is ending. */
  public boolean came() {
    return came;
  }

  /** Signals end the process at once again, unless it is ending already. */
  public void callOff() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException tooLate) {
      // the process is ending
    }
  }
}
