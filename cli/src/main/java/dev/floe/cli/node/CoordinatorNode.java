package dev.floe.cli.node;

import com.typesafe.config.Config;
import dev.floe.cli.BadInputException;
import dev.floe.coordinator.CoordinatorConfig;
import dev.floe.coordinator.CoordinatorSettings;
import dev.floe.coordinator.http.Access;
import dev.floe.coordinator.http.ApiServer;
import dev.floe.coordinator.store.DataDirectoryException;
import dev.floe.coordinator.store.DatabaseException;
import dev.floe.dashboards.PageRoutes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.ClusterSingletonSettings;
import org.apache.pekko.cluster.typed.SingletonActor;

/**
 * A coordinator's process: a member of the cluster that leads or stands by, and serves the API.
 * When the others took it for dead it begins anew, as a member that knows nothing.
 */
final class CoordinatorNode {
  /** How long a standby looks for those it stands by for. */
  private static final Duration JOIN_WITHIN = Duration.ofMinutes(1);

  private final CoordinatorOptions options;
  private final PrintWriter err;
  private final KnownNodes known;

  CoordinatorNode(CoordinatorOptions options, PrintWriter err) {
    this.options = options;
    this.err = err;
    this.known = new KnownNodes(options.dataDirectory());
  }

  /**
   * Runs until the node is told to end.
   *
   * @return the process's exit code
   */
  int run() throws BadInputException, IOException, InterruptedException {
    Config journal = journal();
    NodeEnd end;
    do {
      end = runOnce(journal);
    } while (end == NodeEnd.DOWNED);
    if (end == NodeEnd.NOBODY_THERE) {
      throw new BadInputException(
          "--seed: no coordinator answers at "
              + options.seeds()
              + ": start it, or correct the address");
    }
    if (end == NodeEnd.INCOMPATIBLE) {
      throw new BadInputException(
          "the cluster at " + options.seeds() + " runs another version of floe: use the same one");
    }
    return 0;
  }

  private Config journal() throws BadInputException, IOException {
    Files.createDirectories(options.dataDirectory());
    try {
      return options.database() == null
          ? CoordinatorConfig.h2(options.dataDirectory())
          : CoordinatorConfig.postgres(options.database());
    } catch (DatabaseException e) {
      throw new BadInputException("--db: " + e.getMessage(), e);
    } catch (DataDirectoryException e) {
      throw new BadInputException("--data: " + e.getMessage(), e);
    }
  }

  private NodeEnd runOnce(Config journal)
      throws BadInputException, IOException, InterruptedException {
    List<Endpoint> seeds = seeds();
    Config config =
        NodeConfig.of(NodeConfig.COORDINATOR, options.at(), seeds, options.config(), journal);
    if (!seeds.get(0).equals(options.at())) {
      config = NodeConfig.joiningWithin(JOIN_WITHIN, config);
    }
    Leadership leadership = new Leadership();
    ActorSystem<Void> system =
        ActorSystem.create(guardian(config, leadership), NodeConfig.SYSTEM, config);
    Bootstrap.startIfConfigured(system);
    try (ApiServer api = serve(system, leadership)) {
      err.printf(
          "floe: coordinator at %s, API and page at %s, log in %s%n",
          options.at(), api.uri(), options.dataDirectory().resolve("floe.log"));
      err.flush();
      system.getWhenTerminated().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new IOException("the coordinator failed: " + e.getCause(), e);
    } finally {
      system.terminate();
    }
    return NodeEnd.of(system);
  }

  /** The first coordinator may found the cluster: it is the first of its seeds itself. */
  private List<Endpoint> seeds() throws IOException {
    List<Endpoint> seeds = new ArrayList<>();
    if (options.seeds().isEmpty()) {
      seeds.add(options.at());
    }
    seeds.addAll(options.seeds());
    known.read().stream().filter(node -> !node.equals(options.at())).forEach(seeds::add);
    return seeds;
  }

  private ApiServer serve(ActorSystem<?> system, Leadership leadership) throws BadInputException {
    Access access =
        options.token() == null || options.token().isBlank()
            ? Access.ofThisMachine()
            : Access.withToken(options.token());
    try {
      return ApiServer.start(
          system,
          options.http().host(),
          options.http().port(),
          access,
          NodeRoutes.create(leadership),
          PageRoutes.create());
    } catch (IOException e) {
      system.terminate();
      throw new BadInputException("--http: " + e.getMessage(), e);
    }
  }

  private Behavior<Void> guardian(Config config, Leadership leadership) {
    Behavior<Leader.Message> leader =
        Behaviors.supervise(
                Leader.create(
                    CoordinatorSettings.cluster(
                        config.getDuration("floe.lease-term"),
                        config.getDuration("floe.recovery-grace")),
                    options.database(),
                    leadership))
            .onFailure(
                SupervisorStrategy.restartWithBackoff(
                    Duration.ofMillis(500), Duration.ofSeconds(10), 0.1));
    return Behaviors.setup(
        context -> {
          context.spawn(known.follow(), "known-nodes");
          ClusterSingleton.get(context.getSystem())
              .init(
                  SingletonActor.of(leader, "leader")
                      .withSettings(
                          ClusterSingletonSettings.create(context.getSystem())
                              .withRole(NodeConfig.COORDINATOR)));
          return Behaviors.empty();
        });
  }
}
