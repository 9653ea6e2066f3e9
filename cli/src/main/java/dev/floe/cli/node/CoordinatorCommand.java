package dev.floe.cli.node;

import dev.floe.cli.BadInputException;
import dev.floe.cli.LogFile;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code floe coordinator}: the coordinator of a cluster, or a standby of it. */
@Command(
    name = "coordinator",
    description = {
      "Runs a coordinator that workers on this and other machines join, until SIGTERM or Ctrl-C.",
      "Several with one PostgreSQL (--db) stand by for one another."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class CoordinatorCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "Where other nodes reach this one; default ${DEFAULT-VALUE}.")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "25520",
      description = "Port for other nodes; default ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--http",
      paramLabel = "[HOST:]PORT",
      defaultValue = "8080",
      description = {
        "Where clients and the page reach it; default ${DEFAULT-VALUE} on 127.0.0.1.",
        "Another host than loopback needs the environment's FLOE_TOKEN."
      })
  private String http;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Where this node keeps its log and, without --db, the journal.")
  private Path dataDirectory;

  @Option(
      names = "--db",
      paramLabel = "URL",
      description = {
        "Keep the journal in PostgreSQL: jdbc:postgresql://HOST:PORT/DATABASE?user=USER,",
        "with the password in ~/.pgpass or PGPASSWORD."
      })
  private String database;

  @Option(
      names = "--seed",
      paramLabel = "HOST:PORT",
      split = ",",
      converter = Endpoint.Converter.class,
      description = "Another coordinator to stand by for; repeatable.")
  private List<Endpoint> seeds = List.of();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "More settings (HOCON), such as TLS or another discovery.")
  private Path config;

  @Override
  public Integer call() throws Exception {
    CoordinatorOptions options =
        new CoordinatorOptions(
            Endpoint.parse(host + ":" + port),
            httpEndpoint(),
            dataDirectory.toAbsolutePath().normalize(),
            withPassword(database, System.getenv("PGPASSWORD")),
            seeds,
            System.getenv("FLOE_TOKEN"),
            config);
    if (!seeds.isEmpty() && database == null) {
      throw new BadInputException(
          "--seed: a standby needs the journal of the coordinator that it stands by for: give"
              + " --db");
    }
    boolean open = options.token() == null || options.token().isBlank();
    if (open && !Ports.isLoopback(options.http().host())) {
      throw new BadInputException(
          "--http: "
              + options.http()
              + " can be reached from elsewhere, and whoever reaches it could run jobs: set"
              + " FLOE_TOKEN");
    }
    Ports.refuseTaken("--port", options.at());
    Ports.refuseTaken("--http", options.http());
    LogFile.open(options.dataDirectory().resolve("floe.log"));
    return new CoordinatorNode(options, command.commandLine().getErr()).run();
  }

  /** The driver does not read the variable that every other client of PostgreSQL reads. */
  private static String withPassword(String database, String password) {
    if (database == null || password == null || database.contains("password=")) {
      return database;
    }
    String separator = database.contains("?") ? "&" : "?";
    return database + separator + "password=" + URLEncoder.encode(password, StandardCharsets.UTF_8);
  }

  private Endpoint httpEndpoint() throws BadInputException {
    try {
      return Endpoint.parse(http.contains(":") ? http : "127.0.0.1:" + http);
    } catch (IllegalArgumentException e) {
      throw new BadInputException("--http: " + e.getMessage(), e);
    }
  }
}
