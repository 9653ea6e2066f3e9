package dev.floe.coordinator.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.coordinator.OtherProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2StoreTest {
  @TempDir private Path directory;

  @Test
  void preparingTwice_isFine() throws SQLException {
    Path data = directory.resolve("new/data");
    H2Store.prepare(data);
    H2Store.prepare(data);
    try (Connection connection = DriverManager.getConnection(H2Store.url(data));
        var tables = connection.getMetaData().getTables(null, null, "event_journal", null)) {
      assertThat(tables.next()).isTrue();
    }
  }

  @Test
  void directoryInUseByAnotherProcess_isOneClearLine() throws Exception {
    try (OtherProcess other = OtherProcess.start(HoldsDirectory.class, directory.toString())) {
      other.awaitLine("holding");
      assertThatThrownBy(() -> H2Store.prepare(directory))
          .isInstanceOf(DataDirectoryException.class)
          .hasMessage(directory + " is in use by another floe process: wait for it, or stop it");
    }
    H2Store.prepare(directory); // the other one is gone
  }

  @Test
  void directoryThatCannotBe_isOneClearLine() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "not a directory");
    assertThatThrownBy(() -> H2Store.prepare(file.resolve("data")))
        .isInstanceOf(DataDirectoryException.class)
        .hasMessageStartingWith(file.resolve("data") + ": cannot be created");
  }

  /** Another process's main: holds the database until it is ended. */
  static final class HoldsDirectory {
    private HoldsDirectory() {}

    public static void main(String[] arguments) throws Exception {
      Path data = Path.of(arguments[0]);
      H2Store.prepare(data);
      try (Connection held = DriverManager.getConnection(H2Store.url(data))) {
        System.out.println("holding");
        System.in.read();
      }
    }
  }
}
