package dev.floe.test.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code floe} in a process of its own, with the tests' class path and the launcher's environment.
 * Killed at the latest when it is closed.
 */
public final class FloeProcess implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final Process process;
  private final Path out;
  private final Path err;

  private FloeProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  public static FloeProcess start(Object... arguments) throws IOException {
    return start(List.of(), arguments);
  }

  /** Starts {@code floe} with options for its Java. */
  public static FloeProcess start(List<String> javaOptions, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    // a shell in the background starts its children with SIGINT ignored
    command.addAll(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Dai.djl.offline=true", "-Dai.djl.pytorch.num_threads=1"));
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", classPath(), "dev.floe.cli.Floe"));
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    Path out = Files.createTempFile("floe-out", ".txt");
    Path err = Files.createTempFile("floe-err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "OPT_OUT_TRACKING", "true",
                "GOMP_SPINCOUNT", "2000",
                "MALLOC_MMAP_MAX_", "0",
                "MALLOC_TRIM_THRESHOLD_", "2147483647"));
    return new FloeProcess(builder.start(), out, err);
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  public long id() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** What it has written to standard output so far. */
  public String output() throws IOException {
    return Files.readString(out);
  }

  /** What it has written to standard error so far. */
  public String errors() throws IOException {
    return Files.readString(err);
  }

  /** Waits until standard error holds this; fails when the process ends without. */
  public void awaitError(String wanted) throws IOException {
    Await.until(
        "\"" + wanted + "\" on standard error",
        LONGEST,
        () -> {
          boolean ended = !process.isAlive();
          String errors = errors();
          if (!errors.contains(wanted) && ended) {
            throw new AssertionError("ended without \"" + wanted + "\":\n" + errors);
          }
          return errors.contains(wanted);
        });
  }

  /** Waits for it to end by itself, and gives its exit code. */
  public int awaitExit() throws InterruptedException, IOException {
    return awaitExit(LONGEST);
  }

  public int awaitExit(Duration longest) throws InterruptedException, IOException {
    if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("has not ended after " + longest + ":\n" + errors());
    }
    return process.exitValue();
  }

  /** Ctrl-C. */
  public void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
  }

  /** SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** {@code kill -9}; returns when the process is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws IOException {
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }
}
