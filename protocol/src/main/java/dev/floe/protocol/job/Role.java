package dev.floe.protocol.job;

import dev.floe.protocol.backbone.LinearPart;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The names that {@code adapter.placement} has for groups of modules, on any architecture. */
public enum Role {
  /** Every linear of attention. */
  ATTENTION,
  /** Every linear of the MLP. */
  MLP,
  /** Queries and values; where one module makes queries, keys and values, that module. */
  QV,
  /** Queries, keys, values and attention's output: every linear of attention, by another name. */
  QKVO,
  /** Every linear of a layer. */
  ALL_LINEAR;

  /** The name that sweep files use, such as {@code all-linear}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The role of that name. */
  public static Optional<Role> named(String label) {
    return Arrays.stream(values()).filter(role -> role.label().equals(label)).findFirst();
  }

  /** Every name. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(Role::label).toList();
  }

  /** Whether modules that do {@code part} play this role. */
  public boolean covers(LinearPart part) {
    return switch (this) {
      case ATTENTION, QKVO -> part.isAttention();
      case MLP -> !part.isAttention();
      case QV ->
          part == LinearPart.QUERY
              || part == LinearPart.VALUE
              || part == LinearPart.QUERY_KEY_VALUE;
      case ALL_LINEAR -> true;
    };
  }
}
