package dev.floe.test.scale;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.floe.coordinator.CoordinatorConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Where the journal is during a measurement. */
interface Store extends AutoCloseable {
  String name();

  /** What {@link #config} makes a configuration from, in this process or another. */
  String location();

  @Override
  void close() throws IOException;

  /** The configuration of an actor system whose journal is there. */
  static Config config(String location) {
    return location.startsWith("jdbc:")
        ? CoordinatorConfig.postgres(location).withFallback(ConfigFactory.load())
        : CoordinatorConfig.embedded(Path.of(location));
  }

  /** H2 files, as {@code floe run} has them. */
  static Store h2(Path directory) {
    return new Store() {
      @Override
      public String name() {
        return "H2";
      }

      @Override
      public String location() {
        return directory.toString();
      }

      @Override
      public void close() {}
    };
  }

  /** A real PostgreSQL on loopback that syncs each commit, which the test server does not. */
  static Store postgres() throws IOException, SQLException {
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .start();
    requireOn(server, "fsync");
    requireOn(server, "synchronous_commit");
    return new Store() {
      @Override
      public String name() {
        return "PostgreSQL";
      }

      @Override
      public String location() {
        return server.getJdbcUrl("postgres", "postgres");
      }

      @Override
      public void close() throws IOException {
        server.close();
      }
    };
  }

  private static void requireOn(EmbeddedPostgres server, String setting) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet value = statement.executeQuery("SHOW " + setting)) {
      if (!value.next() || !value.getString(1).equals("on")) {
        throw new IllegalStateException(setting + " is not on");
      }
    }
  }
}
