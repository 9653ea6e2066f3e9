package dev.floe.sweeps.file;

import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.HeldOut;
import dev.floe.protocol.job.Task;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

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
    Map<String, Task> tasks = new LinkedHashMap<>();
    List<String> evaluate = evaluate(tasks);
    String prompt = section.scalar("prompt", TEMPLATE, DEFAULT_TEMPLATE);
    int cutoff = section.scalar("cutoff", ScalarType.whole(2), DataSpec.DEFAULT_CUTOFF);
    boolean trainOnInputs = section.scalar("train-on-inputs", ScalarType.truth(), true);
    Order order = section.scalar("order", ScalarType.choice(Order.class), Order.SHUFFLE);
    HeldOut validation = section.has("validation") ? validation() : null;
    if (!problems.none()) {
      return null;
    }
    return new DataSpec(
        train, evaluate, tasks, prompt, cutoff, trainOnInputs, order == Order.SHUFFLE, validation);
  }

  /** Rows that nothing is trained on: a file of their own, or some of the training rows. */
  private HeldOut validation() {
    Section heldOut = section.section("validation");
    String file = heldOut.scalar("file", paths, null);
    int rows = heldOut.scalar("rows", ScalarType.whole(1), 0);
    double fraction = heldOut.scalar("fraction", ScalarType.part(), 0.0);
    long given = Stream.of("file", "rows", "fraction").filter(heldOut::has).count();
    if (given != 1) {
      section.report("validation", "give one of file, rows and fraction");
    }
    return problems.none() ? new HeldOut(file, rows, fraction) : null;
  }

  /** The evaluation sets: not an axis, every job is scored on all of them. None is fine. */
  private List<String> evaluate(Map<String, Task> tasks) {
    if (!section.has("evaluate") || isEmptyList(section.value("evaluate"))) {
      return List.of();
    }
    List<String> sets = section.axis("evaluate", node -> set(node, tasks));
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

  /** A path, or a map of a file and its task. */
  private String set(Node node, Map<String, Task> tasks) throws Unfit {
    if (!(node instanceof Node.Mapping)) {
      return paths.parse(node);
    }
    Section set = Section.of("data.evaluate", node, problems);
    set.require("file");
    set.require("task");
    String file = set.scalar("file", paths, null);
    Task task = set.scalar("task", ScalarType.choice(Task.class), null);
    if (file != null && task != null) {
      tasks.put(file, task);
    }
    return file;
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
