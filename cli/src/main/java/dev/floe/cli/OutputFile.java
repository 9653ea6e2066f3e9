package dev.floe.cli;

import dev.floe.worker.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command writes at its end: checked before the work, there whole or not at all. */
public final class OutputFile {
  private final Path file;

  private OutputFile(Path file) {
    this.file = file;
  }

  /**
   * A file to be written.
   *
   * @throws BadInputException it is a directory, or its directory does not exist
   */
  public static OutputFile of(Path file) throws BadInputException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new BadInputException(file + ": there is no directory " + directory + "; create it");
    }
    if (Files.isDirectory(file)) {
      throw new BadInputException(file + ": is a directory; name a file");
    }
    return new OutputFile(file);
  }

  /** Replaces the file by the text, in UTF-8. */
  public void write(String text) throws IOException {
    AtomicFile.writeString(file, text);
  }
}
