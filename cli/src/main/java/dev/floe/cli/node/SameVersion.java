package dev.floe.cli.node;

import com.typesafe.config.Config;
import java.util.List;
import org.apache.pekko.cluster.ConfigValidation;
import org.apache.pekko.cluster.Invalid;
import org.apache.pekko.cluster.JoinConfigCompatChecker;
import org.apache.pekko.cluster.Valid$;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Lets a node join only a cluster that runs the same version of floe. Made by Pekko by its name.
 */
public final class SameVersion extends JoinConfigCompatChecker {
  /** Where a node's configuration says its version. */
  static final String KEY = "floe.version";

  @Override
  public Seq<String> requiredKeys() {
    return CollectionConverters.asScala(List.of(KEY)).toSeq();
  }

  @Override
  public ConfigValidation check(Config toCheck, Config actual) {
    String theirs = toCheck.hasPath(KEY) ? toCheck.getString(KEY) : "unknown";
    String ours = actual.getString(KEY);
    return theirs.equals(ours)
        ? (ConfigValidation) Valid$.MODULE$
        : new Invalid(
            CollectionConverters.asScala(List.of("floe " + theirs + " and floe " + ours)).toSeq());
  }
}
