package dev.floe.coordinator.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * The right to lead, which PostgreSQL gives to one session at a time: whatever a cluster believes
 * about itself, the journal has one writer. It ends with the session, so with the process or the
 * server. Blocking; for one thread.
 */
public final class LeaderLock implements AutoCloseable {
  private static final long KEY = 0x666c6f652d313231L; // "floe-121"
  private static final String SECONDS = "10";

  private final Connection session;

  private LeaderLock(Connection session) {
    this.session = session;
  }

  /**
   * Takes the lock if nobody has it.
   *
   * @param url the driver's, such as {@code jdbc:postgresql://db:5432/floe?user=floe}
   * @return null when another session has it
   * @throws SQLException when the database does not answer
   */
  public static LeaderLock tryTake(String url) throws SQLException {
    Properties limits = new Properties();
    limits.setProperty("connectTimeout", SECONDS);
    limits.setProperty("socketTimeout", SECONDS);
    limits.setProperty("tcpKeepAlive", "true");
    Connection session = DriverManager.getConnection(url, limits);
    try (Statement statement = session.createStatement();
        ResultSet taken = statement.executeQuery("SELECT pg_try_advisory_lock(" + KEY + ")")) {
      if (taken.next() && taken.getBoolean(1)) {
        return new LeaderLock(session);
      }
    } catch (SQLException e) {
      session.close();
      throw e;
    }
    session.close();
    return null;
  }

  /** Whether the session still holds the lock; asks the server. */
  public boolean isHeld() {
    try (Statement statement = session.createStatement()) {
      return statement.execute("SELECT 1");
    } catch (SQLException e) {
      return false;
    }
  }

  /** Gives the lock back. */
  @Override
  public void close() throws SQLException {
    session.close();
  }
}
