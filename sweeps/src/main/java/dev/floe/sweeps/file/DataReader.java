package dev.floe.sweeps.file;

import dev.floe.protocol.job.DataSpec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the {@code data} section. */
final class DataReader {
  private static final Set<String> TEMPLATES = Set.of("alpaca", "none");
  private static final String DEFAULT_TEMPLATE = "alpaca";
  private static final ScalarType<String> TEMPLATE =
      ScalarType.text(
          "alpaca, none, or a template with {instruction}",
          text -> TEMPLATES.contains(text) || text.contains("{instruction}"));

  private enum Order {
    SHUFFLE,
    AS_GIVEN
  }

  private final Section section;
  private final ScalarType<String> paths;
  private final Problems problems;

  /**
   * A reader of {@code section}.
   *
   * @param paths reads a path and makes it absolute
   */
  DataReader(Section section, ScalarType<String> paths, Problems problems) {
    this.section = section;
    this.paths = paths;
    this.problems = problems;
  }

  /** The section's values; null when there are problems. */
  DataSpec read() {
    section.require("train");
    String train = section.scalar("train", paths, null);
    List<String> evaluate = evaluate();
    String prompt = section.scalar("prompt", TEMPLATE, DEFAULT_TEMPLATE);
    int cutoff = section.scalar("cutoff", ScalarType.whole(2), DataSpec.DEFAULT_CUTOFF);
    boolean trainOnInputs = section.scalar("train-on-inputs", ScalarType.truth(), true);
    Order order = section.scalar("order", ScalarType.choice(Order.class), Order.SHUFFLE);
    if (!problems.none()) {
      return null;
    }
    return new DataSpec(train, evaluate, prompt, cutoff, trainOnInputs, order == Order.SHUFFLE);
  }

  /** The evaluation sets: not an axis, every job is scored on all of them. None is fine. */
  private List<String> evaluate() {
    if (!section.has("evaluate") || isEmptyList(section.value("evaluate"))) {
      return List.of();
    }
    List<String> sets = section.axis("evaluate", paths);
    Map<String, String> byName = new HashMap<>();
    for (String set : sets) {
      String name = datasetName(set);
      if (byName.putIfAbsent(name, set) != null) {
        section.report(
            "evaluate", "two sets have the name " + name + "; results would mix them up");
      }
    }
    return sets;
  }

  private static boolean isEmptyList(Node node) {
    return node instanceof Node.Sequence list && list.items().isEmpty();
  }

  /** The file's name without its extension: what metrics are named after. */
  private static String datasetName(String path) {
    String file = Path.of(path).getFileName().toString();
    int dot = file.lastIndexOf('.');
    return dot > 0 ? file.substring(0, dot) : file;
  }
}
