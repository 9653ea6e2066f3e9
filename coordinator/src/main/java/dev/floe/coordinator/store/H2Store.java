package dev.floe.coordinator.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.h2.api.ErrorCode;

/** The H2 database in a data directory. One process at a time can use it. */
public final class H2Store {
  private static final SchemaScript SCHEMA =
      new SchemaScript(
          "/schema/h2/h2-create-schema.sql",
          e -> e.getErrorCode() == ErrorCode.INDEX_ALREADY_EXISTS_1);

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
    try (Connection connection = DriverManager.getConnection(url(dataDirectory))) {
      SCHEMA.run(connection);
    } catch (SQLException e) {
      throw new DataDirectoryException(explain(dataDirectory, e), e);
    }
  }

  private static String explain(Path dataDirectory, SQLException e) {
    return e.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1
        ? dataDirectory + " is in use by another floe process: wait for it, or stop it"
        : dataDirectory
            + ": the database cannot be opened: "
            + e.getMessage().lines().findFirst().orElse("");
  }
}
