package dev.floe.coordinator.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * The tables of the persistence plugin, from the script that it ships. The script's tables are
 * created only if missing, but some of its indices always: what exists already is left alone.
 */
final class SchemaScript {
  private final List<String> statements;
  private final Predicate<SQLException> exists;

  /**
   * A script on the class path.
   *
   * @param exists tells the database's complaint that a thing exists from all others
   */
  SchemaScript(String resource, Predicate<SQLException> exists) {
    // An index that is built concurrently waits for all other transactions, such as a second
    // coordinator's that waits for this one; on new, empty tables it is built at once anyway.
    statements =
        Arrays.stream(read(resource).replace(" CONCURRENTLY", "").split(";", -1))
            .filter(sql -> !sql.isBlank())
            .toList();
    this.exists = exists;
  }

  /** Creates what is missing. */
  void run(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        try {
          statement.execute(sql);
        } catch (SQLException e) {
          if (!exists.test(e)) {
            throw e;
          }
        }
      }
    }
  }

  private static String read(String resource) {
    try (InputStream script = SchemaScript.class.getResourceAsStream(resource)) {
      if (script == null) {
        throw new IllegalStateException("the class path lacks " + resource);
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(resource + " cannot be read", e);
    }
  }
}
