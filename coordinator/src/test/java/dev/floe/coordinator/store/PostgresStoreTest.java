package dev.floe.coordinator.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real server; each test uses what is its own. */
class PostgresStoreTest {
  private static EmbeddedPostgres server;

  @BeforeAll
  static void start() throws IOException, SQLException {
    server = EmbeddedPostgres.builder().setServerConfig("listen_addresses", "127.0.0.1").start();
    execute("CREATE USER floe PASSWORD 'right'");
    execute("CREATE DATABASE fresh OWNER floe");
    execute("CREATE DATABASE narrow");
    execute("CREATE USER guarded PASSWORD 'right'");
    askForPassword("guarded");
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @Test
  void standbysThatStartTogether_allFindTheTables() throws SQLException {
    String url = server.getJdbcUrl("floe", "fresh");
    List<CompletableFuture<Void>> starts =
        IntStream.range(0, 4)
            .mapToObj(i -> CompletableFuture.runAsync(() -> PostgresStore.prepare(url)))
            .toList();
    starts.forEach(CompletableFuture::join);
    try (Connection connection = DriverManager.getConnection(url);
        var tables = connection.getMetaData().getTables(null, "public", "event_journal", null)) {
      assertThat(tables.next()).isTrue();
    }
  }

  @Test
  void serverThatIsDown_isOneClearLine() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    String url = "jdbc:postgresql://127.0.0.1:" + free + "/floe";
    assertThatThrownBy(() -> PostgresStore.prepare(url + "?user=floe&password=secret"))
        .isInstanceOf(DatabaseException.class)
        .hasMessageStartingWith(url + ": no answer from PostgreSQL: start it, or correct host")
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("\n");
  }

  @Test
  void wrongPassword_isOneClearLine() {
    String url = server.getJdbcUrl("guarded", "fresh");
    assertThatThrownBy(() -> PostgresStore.prepare(url + "&password=wrong"))
        .isInstanceOf(DatabaseException.class)
        .hasMessage(
            "jdbc:postgresql://localhost:%d/fresh: wrong user or password: correct ?user=, and the"
                + " password in ~/.pgpass",
            server.getPort());
    assertThatThrownBy(() -> PostgresStore.prepare(url))
        .isInstanceOf(DatabaseException.class)
        .hasMessageContaining("PostgreSQL refuses the login: ")
        .hasMessageContaining("no password was provided");
  }

  @Test
  void databaseThatDoesNotExist_isOneClearLine() {
    assertThatThrownBy(() -> PostgresStore.prepare(server.getJdbcUrl("postgres", "nowhere")))
        .isInstanceOf(DatabaseException.class)
        .hasMessageEndingWith("/nowhere: the database does not exist: create it with createdb");
  }

  @Test
  void userWithoutRights_isOneClearLine() throws SQLException {
    try (Connection owner = server.getDatabase("postgres", "narrow").getConnection();
        Statement statement = owner.createStatement()) {
      statement.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC"); // as from version 15 on
    }
    assertThatThrownBy(() -> PostgresStore.prepare(server.getJdbcUrl("floe", "narrow")))
        .isInstanceOf(DatabaseException.class)
        .hasMessageEndingWith("the user may not create tables: grant CREATE on schema public");
  }

  @Test
  void anotherDatabasesUrl_isOneClearLine() {
    assertThatThrownBy(() -> PostgresStore.prepare("jdbc:mysql://db/floe?password=secret"))
        .isInstanceOf(DatabaseException.class)
        .hasMessage(
            "jdbc:mysql://db/floe: not a PostgreSQL URL: write"
                + " jdbc:postgresql://HOST:PORT/DATABASE");
  }

  /** The server trusts everyone on loopback, this user from now on excepted. */
  private static void askForPassword(String user) throws IOException, SQLException {
    Path rules;
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet file = statement.executeQuery("SHOW hba_file")) {
      assertThat(file.next()).isTrue();
      rules = Path.of(file.getString(1));
    }
    String rule = "host all " + user + " all scram-sha-256\n";
    Files.writeString(rules, rule + Files.readString(rules));
    execute("SELECT pg_reload_conf()");
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
