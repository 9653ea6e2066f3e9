package dev.floe.cli.node;

import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.management.cluster.bootstrap.ClusterBootstrap;
import org.apache.pekko.management.javadsl.PekkoManagement;

/**
 * Pekko Management, for a node that finds the others by Kubernetes' API or another discovery
 * instead of seeds: {@code floe.bootstrap = on} in its settings.
 */
public final class Bootstrap {
  static final String KEY = "floe.bootstrap";

  private Bootstrap() {}

  /** Starts the node's management endpoint and looks for others, if its settings say so. */
  public static void startIfConfigured(ActorSystem<?> system) {
    if (system.settings().config().getBoolean(KEY)) {
      PekkoManagement.get(system).start();
      ClusterBootstrap.get(system).start();
    }
  }
}
