package dev.floe.cli.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValueFactory;
import dev.floe.cli.BadInputException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The configuration of a cluster's node. */
public final class NodeConfig {
  /** The name that all nodes of a cluster share. */
  public static final String SYSTEM = "floe";

  public static final String COORDINATOR = "coordinator";
  public static final String WORKER = "worker";

  private static final String JOIN_WITHIN =
      "pekko.cluster.shutdown-after-unsuccessful-join-seed-nodes";

  private NodeConfig() {}

  /**
   * A node's settings. In order, what comes first wins: {@code extra}, the arguments, {@code
   * cluster.conf}, {@code fallback}.
   *
   * @param at where other nodes reach this one; port 0 for any free one
   * @param seeds whom to join; the first may be the node itself
   * @param extra a file of settings from the user; null for none
   * @param fallback such as a journal's settings
   * @throws BadInputException when the file cannot be read
   */
  public static Config of(
      String role, Endpoint at, List<Endpoint> seeds, Path extra, Config fallback)
      throws BadInputException {
    Map<String, Object> node = new HashMap<>();
    node.put("pekko.remote.artery.canonical.hostname", at.host());
    node.put("pekko.remote.artery.canonical.port", at.port());
    node.put("pekko.cluster.roles", List.of(role));
    node.put(SameVersion.KEY, version());
    Config more = read(extra);
    boolean bootstrap = more.hasPath(Bootstrap.KEY) && more.getBoolean(Bootstrap.KEY);
    if (!bootstrap) {
      node.put("pekko.cluster.seed-nodes", seeds.stream().map(NodeConfig::address).toList());
    }
    return ConfigFactory.load(
        more.withFallback(ConfigFactory.parseMap(node))
            .withFallback(ConfigFactory.parseResources(NodeConfig.class, "cluster.conf"))
            .withFallback(fallback));
  }

  /** The same, for a node that ends when nobody lets it join in time. */
  public static Config joiningWithin(Duration limit, Config node) {
    return node.withValue(JOIN_WITHIN, ConfigValueFactory.fromAnyRef(limit.toMillis() + "ms"));
  }

  /** The address of the node at an endpoint. */
  static String address(Endpoint node) {
    return "pekko://" + SYSTEM + "@" + node;
  }

  private static Config read(Path file) throws BadInputException {
    if (file == null) {
      return ConfigFactory.empty();
    }
    try {
      return ConfigFactory.parseFile(
          file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
    } catch (ConfigException e) {
      throw new BadInputException(
          "--config: " + file + " cannot be read: " + e.getMessage().lines().findFirst().orElse(""),
          e);
    }
  }

  private static String version() {
    String packaged = NodeConfig.class.getPackage().getImplementationVersion();
    return packaged == null ? "not packaged" : packaged;
  }
}
