package dev.floe.cli.agent;

import dev.floe.cli.BadInputException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.UUID;

/**
 * Where an agent keeps its name, its devices' locks and their logs. One agent at a time.
 *
 * @param path the directory
 * @param name of this agent among all; the same after a restart
 */
record AgentDirectory(Path path, String name) {
  private static final String NAME_FILE = "name";
  private static final int SUFFIX = 6;

  /**
   * Opens the directory until the process ends; creates what is missing.
   *
   * @throws BadInputException when another agent uses it
   */
  static AgentDirectory open(Path path) throws IOException, BadInputException {
    Files.createDirectories(path);
    // stays open, and with it the lock, until the process ends
    FileChannel channel =
        FileChannel.open(
            path.resolve("agent.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw inUse(path);
      }
    } catch (OverlappingFileLockException e) {
      throw inUse(path);
    }
    Path file = path.resolve(NAME_FILE);
    if (!Files.exists(file)) {
      Files.writeString(file, newName());
    }
    return new AgentDirectory(path, Files.readString(file).strip());
  }

  private static BadInputException inUse(Path path) {
    return new BadInputException(
        "--data: "
            + path
            + " is in use by another floe worker: stop it, or give another directory");
  }

  private static String newName() {
    String host = "node";
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      // a machine without a name that resolves is still a machine
    }
    String plain = host.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9].*", "");
    return plain + "-" + UUID.randomUUID().toString().substring(0, SUFFIX);
  }

  Path lock(DeviceSlot device) {
    return path.resolve(device.name() + ".lock");
  }

  /** The worker's id: this agent's name, then the device's. */
  String worker(DeviceSlot device) {
    return name + "-" + device.name();
  }
}
