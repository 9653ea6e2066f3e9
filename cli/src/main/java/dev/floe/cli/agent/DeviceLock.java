package dev.floe.cli.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * Held by a device's process for its whole life; the system lets go of it when the process is gone,
 * however it went. So a new process knows that the one before it, and the memory it had, are gone.
 */
final class DeviceLock {
  private static final Duration LEAVES_BY_ITSELF = Duration.ofSeconds(2);
  private static final Duration GIVE_UP = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private DeviceLock() {}

  /**
   * Takes the lock. A holder that does not leave by itself within moments is killed: it has
   * outlived its agent, and cannot hear that it should end.
   *
   * @param file holds the process id of whoever has the lock
   * @throws IOException when the holder cannot be got rid of
   */
  static void take(Path file) throws IOException, InterruptedException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    // stays open, and with it the lock, until the process ends
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    long started = System.nanoTime();
    FileLock lock = channel.tryLock();
    while (lock == null) {
      Duration waited = Duration.ofNanos(System.nanoTime() - started);
      if (waited.compareTo(GIVE_UP) > 0) {
        throw new IOException(file + " is held by a process that does not end: " + holder(file));
      }
      if (waited.compareTo(LEAVES_BY_ITSELF) > 0) {
        holder(file).ifPresent(ProcessHandle::destroyForcibly);
      }
      Thread.sleep(PAUSE.toMillis());
      lock = channel.tryLock();
    }
    channel.truncate(0);
    String id = String.valueOf(ProcessHandle.current().pid());
    channel.write(ByteBuffer.wrap(id.getBytes(StandardCharsets.UTF_8)), 0);
  }

  private static Optional<ProcessHandle> holder(Path file) throws IOException {
    String id = Files.readString(file).strip();
    return id.matches("\\d+") ? ProcessHandle.of(Long.parseLong(id)) : Optional.empty();
  }
}
