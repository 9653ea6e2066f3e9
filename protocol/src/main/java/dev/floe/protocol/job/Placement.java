package dev.floe.protocol.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.floe.protocol.backbone.LinearPart;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Where adapters sit: on which linear modules, in which layers. Modules are given by exactly one of
 * role, names and regular expression.
 *
 * @param role a {@link Role}'s label; null when modules are given otherwise
 * @param modules names as the architecture has them, such as {@code q_proj}, or the ends of their
 *     paths, such as {@code mlp.down_proj}
 * @param match regular expression over a module's whole path, such as {@code
 *     model\.layers\.[0-3]\.mlp\..*}; null when modules are given otherwise
 * @param layers layers to adapt; null for all
 */
public record Placement(
    String role,
    List<String> modules,
    @JsonInclude(JsonInclude.Include.NON_NULL) String match,
    LayerSet layers) {
  public Placement {
    modules = modules == null ? List.of() : List.copyOf(modules);
    int given = (role == null ? 0 : 1) + (modules.isEmpty() ? 0 : 1) + (match == null ? 0 : 1);
    if (given != 1) {
      throw new IllegalArgumentException(
          "adapter.placement must be a role, a non-empty list of module names, or a match");
    }
    if (role != null && Role.named(role).isEmpty()) {
      throw new IllegalArgumentException(
          "adapter.placement has no role "
              + role
              + "; roles are "
              + String.join(", ", Role.labels()));
    }
    if (match != null) {
      checkExpression(match);
    }
  }

  private static void checkExpression(String match) {
    try {
      Pattern.compile(match);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "match is no regular expression: " + e.getDescription() + " in " + match, e);
    }
  }

  public static Placement ofRole(String role) {
    return new Placement(role, List.of(), null, null);
  }

  public static Placement ofModules(List<String> modules) {
    return new Placement(null, modules, null, null);
  }

  public static Placement ofMatch(String match) {
    return new Placement(null, List.of(), match, null);
  }

  /** The same modules, in these layers alone. */
  public Placement in(LayerSet layers) {
    return new Placement(role, modules, match, layers);
  }

  /**
   * Whether a module is meant; layers are not looked at.
   *
   * @param path the module's whole path
   * @param outputsOnly whether a role means only its last linear, as it does for series adapters
   */
  public boolean means(String path, LinearPart part, boolean outputsOnly) {
    if (role != null) {
      return Role.named(role).orElseThrow().covers(part) && (part.isOutput() || !outputsOnly);
    }
    if (match != null) {
      return Pattern.matches(match, path);
    }
    return modules.stream().anyMatch(module -> isNamed(module, path));
  }

  /** Whether {@code module} names the module at {@code path}: it is the path, or its end. */
  public static boolean isNamed(String module, String path) {
    return path.equals(module) || path.endsWith("." + module);
  }

  /** Whether a layer is meant, of a backbone that has so many. */
  public boolean meansLayer(int layer, int layers) {
    return this.layers == null || this.layers.in(layers).contains(layer);
  }

  /**
   * The form that tables and {@code results.json} show: {@code mlp}, {@code q_proj,v_proj@2..5},
   * {@code /.*_proj/@first-half}.
   */
  public String label() {
    String where = String.join(",", modules);
    if (role != null) {
      where = role;
    } else if (match != null) {
      where = "/" + match + "/";
    }
    return layers == null ? where : where + "@" + layers.text();
  }
}
