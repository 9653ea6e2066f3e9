package dev.floe.cli.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Keeps one device's process running: starts it, and when it ends without having been asked to,
 * starts it again after a while, with word of how the last one ended. One process at a time: the
 * next starts when the last is gone.
 */
final class DeviceSupervisor {

  /** How it went with a device. */
  record Outcome(DeviceSlot device, int exitCode, List<String> lastLines) {}

  private final DeviceSlot device;
  private final List<String> arguments;
  private final Optional<MemoryLimit> limit;
  private final Path directory;
  private final Consumer<String> say;
  private final Backoff backoff = new Backoff();
  private final CompletableFuture<Outcome> over = new CompletableFuture<>();
  private final Object monitor = new Object();
  private DeviceProcess process; // null before the first, and while the next one waits
  private boolean draining;

  /**
   * A supervisor that has started nothing yet.
   *
   * @param arguments of every process of this device
   * @param limit of every process's memory
   * @param directory logs go there
   * @param say takes lines for the user
   */
  DeviceSupervisor(
      DeviceSlot device,
      List<String> arguments,
      Optional<MemoryLimit> limit,
      Path directory,
      Consumer<String> say) {
    this.device = device;
    this.arguments = arguments;
    this.limit = limit;
    this.directory = directory;
    this.say = say;
  }

  /** Starts supervising on a thread of its own. */
  void start() {
    Thread thread = new Thread(this::run, "floe-supervisor-" + device.name());
    thread.setDaemon(true);
    thread.start();
  }

  /** Done when there is no process and will be none. */
  CompletableFuture<Outcome> over() {
    return over;
  }

  /** Asks the process to finish with what it does; none is started any more. */
  void drain() {
    synchronized (monitor) {
      draining = true;
      if (process != null) {
        process.drain();
      }
      monitor.notifyAll();
    }
  }

  /** Ends the process at once. */
  void kill() {
    synchronized (monitor) {
      draining = true;
      if (process != null) {
        process.kill();
      }
      monitor.notifyAll();
    }
  }

  private void run() {
    try {
      over.complete(supervise());
    } catch (IOException e) {
      over.completeExceptionally(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      over.completeExceptionally(e);
    }
  }

  private Outcome supervise() throws IOException, InterruptedException {
    List<String> ending = List.of();
    boolean first = true;
    Outcome last = new Outcome(device, DeviceExit.DRAINED, List.of());
    while (begin(ending)) {
      long started = System.nanoTime();
      int code = process.await();
      Duration lived = Duration.ofNanos(System.nanoTime() - started);
      last = new Outcome(device, code, process.lastLines());
      boolean hopeless = first && (code == DeviceExit.NOBODY_THERE || code == DeviceExit.REFUSED);
      if (code == DeviceExit.DRAINED || hopeless) {
        return last;
      }
      first = false;
      ending = ending(last);
      waitBeforeNext(last, backoff.after(code, lived));
    }
    return last;
  }

  /** Starts a process, unless none is wanted any more. */
  private boolean begin(List<String> ending) throws IOException {
    synchronized (monitor) {
      if (draining) {
        return false;
      }
      List<String> all = new ArrayList<>(arguments);
      all.addAll(ending);
      process = DeviceProcess.start(device, all, limit, directory.resolve(device.name() + ".log"));
      return true;
    }
  }

  private List<String> ending(Outcome last) throws IOException {
    Path lines = directory.resolve(device.name() + ".last-lines");
    Files.write(lines, last.lastLines());
    return List.of("--ended", String.valueOf(last.exitCode()), "--last-lines", lines.toString());
  }

  private void waitBeforeNext(Outcome last, Duration pause) throws InterruptedException {
    synchronized (monitor) {
      process = null;
      if (draining) {
        return;
      }
      String reason =
          last.lastLines().isEmpty()
              ? ""
              : " (" + last.lastLines().get(last.lastLines().size() - 1) + ")";
      say.accept(
          "%s ended with exit code %d%s; it starts again in %d ms"
              .formatted(device.name(), last.exitCode(), reason, pause.toMillis()));
      long deadline = System.nanoTime() + pause.toNanos();
      for (long left = pause.toMillis(); left > 0 && !draining; ) {
        monitor.wait(left);
        left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      }
    }
  }
}
