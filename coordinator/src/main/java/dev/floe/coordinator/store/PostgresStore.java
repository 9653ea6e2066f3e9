package dev.floe.coordinator.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * A PostgreSQL database that holds the journal of one coordinator and its standbys.
 *
 * <p>The URL is the driver's, such as {@code jdbc:postgresql://db:5432/floe?user=floe}. The
 * password is better kept in {@code ~/.pgpass}, which the driver reads, than in the URL, which a
 * list of processes shows.
 */
public final class PostgresStore {
  private static final String SCHEME = "jdbc:postgresql:";
  private static final String DUPLICATE = "42P07"; // of tables and of indices
  private static final String CONNECT_SECONDS = "10";

  /** Whoever creates the tables holds this advisory lock: standbys start at the same moment. */
  private static final long SCHEMA_LOCK = 0x666c6f65; // "floe"

  private static final SchemaScript SCHEMA =
      new SchemaScript(
          "/schema/postgres/postgres-create-schema.sql", e -> DUPLICATE.equals(e.getSQLState()));

  private PostgresStore() {}

  /**
   * Connects, and creates the tables that are missing.
   *
   * @throws DatabaseException with one line for the user: not a PostgreSQL URL, the server is down,
   *     the user or the password is wrong, the database does not exist, or the user may not create
   *     tables in it
   */
  public static void prepare(String url) {
    if (!url.startsWith(SCHEME)) {
      throw new DatabaseException(
          shown(url) + ": not a PostgreSQL URL: write jdbc:postgresql://HOST:PORT/DATABASE", null);
    }
    Properties limits = new Properties();
    limits.setProperty("connectTimeout", CONNECT_SECONDS);
    limits.setProperty("loginTimeout", CONNECT_SECONDS);
    try (Connection connection = DriverManager.getConnection(url, limits);
        Statement lock = connection.createStatement()) {
      // The lock is the session's: it ends with the connection.
      lock.execute("SELECT pg_advisory_lock(" + SCHEMA_LOCK + ")");
      SCHEMA.run(connection);
    } catch (SQLException e) {
      throw new DatabaseException(shown(url) + ": " + explain(e), e);
    }
  }

  /** The URL without its parameters, which may hold the password. */
  private static String shown(String url) {
    int parameters = url.indexOf('?');
    return parameters < 0 ? url : url.substring(0, parameters);
  }

  private static String explain(SQLException e) {
    String said = e.getMessage().lines().findFirst().orElse("").strip();
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return switch (state) {
      case "08001", "08006" ->
          "no answer from PostgreSQL: start it, or correct host and port (" + said + ")";
      case "28P01" -> "wrong user or password: correct ?user=, and the password in ~/.pgpass";
      case "28000", "08004" -> "PostgreSQL refuses the login: " + said;
      case "08003", "57P03" -> "PostgreSQL is starting or stopping: try again in a moment";
      case "3D000" -> "the database does not exist: create it with createdb";
      case "42501" -> "the user may not create tables: grant CREATE on schema public";
      default -> "the database cannot be used: " + said;
    };
  }
}
