package dev.floe.protocol.job;

import java.util.List;

/**
 * Where adapters sit: on which linear modules, in which layers.
 *
 * @param role {@code attention} or {@code mlp}, resolved by the backbone's architecture and the
 *     adapter's type; null when modules are named
 * @param modules names as the architecture has them, such as {@code q_proj}; empty when a role is
 *     given
 * @param layers layers to adapt; null for all
 */
public record Placement(String role, List<String> modules, LayerRange layers) {
  public Placement {
    modules = modules == null ? List.of() : List.copyOf(modules);
    if ((role == null) == modules.isEmpty()) {
      throw new IllegalArgumentException(
          "adapter.placement must be a role or a non-empty list of module names");
    }
  }

  public static Placement ofRole(String role) {
    return new Placement(role, List.of(), null);
  }

  public static Placement ofModules(List<String> modules) {
    return new Placement(null, modules, null);
  }

  /**
   * The form that tables and {@code results.json} show: {@code mlp}, {@code q_proj,v_proj@2..5}.
   */
  public String label() {
    String where = role != null ? role : String.join(",", modules);
    return layers == null ? where : where + "@" + layers.first() + ".." + layers.last();
  }

  /** Layers {@code first} to {@code last}, both included, counted from 0. */
  public record LayerRange(int first, int last) {
    public LayerRange {
      Checks.atLeast("adapter.placement.layers", first, 0);
      Checks.atLeast("the last of adapter.placement.layers", last, first);
    }

    public boolean contains(int layer) {
      return first <= layer && layer <= last;
    }
  }
}
