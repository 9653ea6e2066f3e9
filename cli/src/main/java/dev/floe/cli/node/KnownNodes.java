package dev.floe.cli.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;

/**
 * A file of the nodes that a coordinator has met. A coordinator that was killed asks them first
 * when it starts again: its workers are still a cluster, and it joins them instead of founding
 * another.
 */
final class KnownNodes {
  private static final String FILE = "nodes";

  private final Path file;

  KnownNodes(Path dataDirectory) {
    this.file = dataDirectory.resolve(FILE);
  }

  /** Those of the last run; none when there was none. */
  List<Endpoint> read() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    List<Endpoint> nodes = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank()) {
        nodes.add(Endpoint.parse(line.strip()));
      }
    }
    return nodes;
  }

  /** Keeps the file up to date with the cluster. */
  Behavior<ClusterEvent.MemberEvent> follow() {
    return Behaviors.setup(
        context -> {
          Cluster cluster = Cluster.get(context.getSystem());
          cluster
              .subscriptions()
              .tell(Subscribe.create(context.getSelf(), ClusterEvent.MemberEvent.class));
          return Behaviors.receive(ClusterEvent.MemberEvent.class)
              .onAnyMessage(
                  event -> {
                    write(cluster);
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private void write(Cluster cluster) throws IOException {
    TreeSet<String> nodes = new TreeSet<>();
    for (Member member : cluster.state().getMembers()) {
      if (!member.uniqueAddress().equals(cluster.selfMember().uniqueAddress())) {
        nodes.add(member.address().hostPort().replaceFirst(".*@", ""));
      }
    }
    if (nodes.isEmpty()) {
      return; // whoever leaves last may be met again
    }
    Path half = file.resolveSibling(FILE + ".half");
    Files.write(half, nodes);
    Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
