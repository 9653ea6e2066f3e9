package dev.floe.sweeps.file;

import dev.floe.protocol.job.LayerSet;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.Role;
import dev.floe.sweeps.file.Node.Mapping;
import dev.floe.sweeps.file.Node.Scalar;
import dev.floe.sweeps.file.Node.Sequence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads {@code adapter.placement} and {@code adapter.modules}, whose lists mean two things. By what
 * stands in it, a list is:
 *
 * <ul>
 *   <li>only roles, lists and maps: an axis, each entry one placement. {@code [attention, mlp]},
 *       {@code [[q_proj, v_proj], mlp]}
 *   <li>only texts, none of them a role: one placement on these modules. {@code [q_proj, v_proj]}
 *   <li>roles and module names mixed: an error, since either could be meant
 * </ul>
 *
 * <p>A single text is a {@link Role}. A map has {@code role}, {@code modules} or {@code match} (a
 * regular expression over whole module paths), and {@code layers} if not all are meant: a list such
 * as {@code [0, 2, 7]}, or one of the forms of {@link LayerSet}.
 */
final class PlacementReader {
  private static final List<String> ROLES = Role.labels();
  private static final String ALL = "all";

  private final String key;
  private final Problems problems;

  /**
   * @param key where the placements stand, such as {@code adapter.placement}
   */
  PlacementReader(String key, Problems problems) {
    this.key = key;
    this.problems = problems;
  }

  /** The placements in their order; what is wrong is reported and left out. */
  List<Placement> read(Node node) {
    List<Placement> placements = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    for (Node entry : entries(node)) {
      try {
        Placement placement = placement(entry);
        if (!seen.add(identity(placement))) {
          throw new Unfit("the placement " + placement.label() + " is listed twice");
        }
        placements.add(placement);
      } catch (Unfit unfit) {
        problems.add(key, entry.line(), unfit.getMessage());
      }
    }
    return placements;
  }

  /** Decides whether a list is an axis, or the modules of a single placement. */
  private List<Node> entries(Node node) {
    if (!(node instanceof Sequence list)) {
      return List.of(node);
    }
    if (list.items().isEmpty()) {
      problems.add(key, list.line(), "the list is empty; give at least one value");
      return List.of();
    }
    List<Node> names = list.items().stream().filter(PlacementReader::namesModule).toList();
    if (names.isEmpty()) {
      return list.items();
    }
    if (names.size() == list.items().size()) {
      return List.of(list);
    }
    String name = ((Scalar) names.get(0)).text();
    problems.add(
        key,
        names.get(0).line(),
        "the list mixes placements with the module name "
            + names.get(0).described()
            + "; write modules as a list within it, such as [attention, ["
            + name
            + "]]");
    return List.of();
  }

  private static boolean namesModule(Node node) {
    return node instanceof Scalar scalar && scalar.text() != null && !ROLES.contains(scalar.text());
  }

  private Placement placement(Node node) throws Unfit {
    if (node instanceof Sequence list) {
      return Placement.ofModules(modules(list));
    }
    return node instanceof Mapping map ? detailed(map) : Placement.ofRole(role(node));
  }

  private Placement detailed(Mapping map) throws Unfit {
    Section section = Section.of(key, map, problems);
    if (Stream.of("role", "modules", "match").filter(section::has).count() != 1) {
      throw new Unfit("give one of role, modules and match");
    }
    Placement placement;
    if (section.has("role")) {
      placement = Placement.ofRole(role(section.value("role")));
    } else if (section.has("modules")) {
      placement = Placement.ofModules(modules(section.value("modules")));
    } else {
      placement = match(section.value("match"));
    }
    return section.has("layers") ? placement.in(layers(section.value("layers"))) : placement;
  }

  private static Placement match(Node node) throws Unfit {
    String expression = ScalarType.text("a regular expression", text -> true).parse(node);
    try {
      return Placement.ofMatch(expression);
    } catch (IllegalArgumentException e) {
      throw new Unfit(e.getMessage());
    }
  }

  private static String role(Node node) throws Unfit {
    if (node instanceof Scalar scalar && ROLES.contains(scalar.text())) {
      return scalar.text();
    }
    String hint = namesModule(node) ? "; a single module is written [name]" : "";
    String found = ScalarType.unexpected("one of " + String.join(", ", ROLES), node).getMessage();
    throw new Unfit(found + hint);
  }

  private static List<String> modules(Node node) throws Unfit {
    ScalarType<String> name = ScalarType.text("a module name", text -> true);
    if (!(node instanceof Sequence list) || list.items().isEmpty()) {
      throw ScalarType.unexpected("a list of module names", node);
    }
    Set<String> names = new LinkedHashSet<>();
    for (Node item : list.items()) {
      String module = name.parse(item);
      if (ROLES.contains(module)) {
        throw new Unfit("the role " + module + " stands among module names; roles stand alone");
      }
      if (!names.add(module)) {
        throw new Unfit("the module " + module + " is listed twice");
      }
    }
    return List.copyOf(names);
  }

  /** Null stands for all layers. */
  private static LayerSet layers(Node node) throws Unfit {
    String text;
    if (node instanceof Sequence list && !list.items().isEmpty()) {
      List<String> numbers = new ArrayList<>();
      for (Node item : list.items()) {
        numbers.add(String.valueOf(ScalarType.whole(0).parse(item)));
      }
      text = String.join(",", numbers);
    } else {
      text = ScalarType.text("layers such as 2..5 or first-half", any -> true).parse(node);
    }
    try {
      return text.equals(ALL) ? null : new LayerSet(text.replace(" ", ""));
    } catch (IllegalArgumentException e) {
      throw new Unfit(e.getMessage());
    }
  }

  /** Two placements are the same when they adapt the same modules, in whatever order. */
  private static Object identity(Placement placement) {
    record Identity(String role, Set<String> modules, String match, LayerSet layers) {}
    return new Identity(
        placement.role(), Set.copyOf(placement.modules()), placement.match(), placement.layers());
  }
}
