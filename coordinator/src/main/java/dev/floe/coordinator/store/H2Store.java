package dev.floe.coordinator.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.api.ErrorCode;

/** The H2 database in a data directory. One process at a time can use it. */
public final class H2Store {
  /** The schema that the persistence plugin ships. */
  private static final String SCHEMA = "/schema/h2/h2-create-schema.sql";

  /**
   * WRITE_DELAY=0: a commit is written when it returns, so that a killed process loses nothing that
   * was acknowledged. DB_CLOSE_ON_EXIT=FALSE: the database must outlive the start of the JVM's
   * shutdown, during which workers drain.
   */
  private static final String OPTIONS = ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";

  private H2Store() {}

  /** The JDBC URL of the database in this directory. */
  public static String url(Path dataDirectory) {
    return "jdbc:h2:file:"
        + dataDirectory.toAbsolutePath().normalize().resolve("journal")
        + OPTIONS;
  }

  /**
   * Creates the directory, the database and its tables, as far as they are missing.
   *
   * @throws DataDirectoryException when another process uses it, or it cannot be written
   */
  public static void prepare(Path dataDirectory) {
    try {
      Files.createDirectories(dataDirectory);
    } catch (IOException e) {
      throw new DataDirectoryException(dataDirectory + ": cannot be created: " + e, e);
    }
    try (Connection connection = DriverManager.getConnection(url(dataDirectory));
        Statement statement = connection.createStatement()) {
      for (String sql : schema().split(";", -1)) {
        if (!sql.isBlank()) {
          createIfMissing(statement, sql);
        }
      }
    } catch (SQLException e) {
      throw new DataDirectoryException(explain(dataDirectory, e), e);
    }
  }

  /** The script's tables are created only if missing, but one of its indices always. */
  private static void createIfMissing(Statement statement, String sql) throws SQLException {
    try {
      statement.execute(sql);
    } catch (SQLException e) {
      if (e.getErrorCode() != ErrorCode.INDEX_ALREADY_EXISTS_1) {
        throw e;
      }
    }
  }

  private static String explain(Path dataDirectory, SQLException e) {
    return e.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1
        ? dataDirectory + " is in use by another floe process: wait for it, or stop it"
        : dataDirectory
            + ": the database cannot be opened: "
            + e.getMessage().lines().findFirst().orElse("");
  }

  private static String schema() {
    try (InputStream script = H2Store.class.getResourceAsStream(SCHEMA)) {
      if (script == null) {
        throw new IllegalStateException("the class path lacks " + SCHEMA);
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(SCHEMA + " cannot be read", e);
    }
  }
}
