package dev.floe.cli.node;

import java.util.Optional;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;

/** Why a node's actor system ended. */
public enum NodeEnd {
  /** It was asked to. */
  WANTED,
  /** Nobody answered at the addresses to join. */
  NOBODY_THERE,
  /** The cluster runs another version of floe, or another configuration of it. */
  INCOMPATIBLE,
  /** The others, or the smaller half itself, decided that this node is gone. */
  DOWNED;

  /** Why a system ended that has terminated. */
  public static NodeEnd of(ActorSystem<?> system) {
    Optional<CoordinatedShutdown.Reason> reason =
        CoordinatedShutdown.get(system).getShutdownReason();
    if (reason.isEmpty()) {
      return WANTED;
    }
    String name = reason.get().getClass().getSimpleName();
    if (name.startsWith("ClusterJoinUnsuccessful")) {
      return NOBODY_THERE;
    }
    if (name.startsWith("IncompatibleConfiguration")) {
      return INCOMPATIBLE;
    }
    return name.startsWith("ClusterDowning") ? DOWNED : WANTED;
  }
}
