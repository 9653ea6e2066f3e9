package dev.floe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogFileTest {
  @Test
  void logs_goToTheOpenedFileAndNeverToTheTerminal(@TempDir Path directory) throws IOException {
    Logger log = LoggerFactory.getLogger("test");
    PrintStream out = System.out;
    ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    System.setOut(new PrintStream(terminal, true, StandardCharsets.UTF_8));
    Path file = directory.resolve("new/floe.log");
    try {
      log.warn("before");
      LogFile.open(file);
      log.warn("after");
    } finally {
      System.setOut(out);
    }
    assertThat(file).content().contains("WARN").endsWith("test - after\n").doesNotContain("before");
    assertThat(terminal.toString(StandardCharsets.UTF_8)).isEmpty();
  }
}
