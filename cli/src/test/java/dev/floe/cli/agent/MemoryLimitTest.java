package dev.floe.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryLimitTest {

  @Test
  void sizes_areInPowersOf1024() {
    assertThat(MemoryLimit.parse("1500m").bytes()).isEqualTo(1500L << 20);
    assertThat(MemoryLimit.parse("6G").bytes()).isEqualTo(6L << 30);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "6", "6t", "-1g", "1.5g", "99999999g"})
  void whatIsNoSize_isOneLine(String size) {
    assertThatThrownBy(() -> MemoryLimit.parse(size))
        .hasMessage("must be a size such as 1500m or 6g, got '" + size + "'");
  }

  @Test
  void tooLittleForAProcess_isOneLine() {
    assertThatThrownBy(() -> MemoryLimit.parse("100m"))
        .hasMessage("must be at least 512m, got 100m");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void command_runsUnderTheLimitWithItsArgumentsAsTheyAre() throws Exception {
    List<String> command = List.of("/bin/sh", "-c", "ulimit -d; echo \"$1\"", "x", "a b  'c'");
    assertThat(output(MemoryLimit.parse("1g").around(command)))
        .isEqualTo((1 << 20) + "\na b  'c'\n");
  }

  private static String output(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
