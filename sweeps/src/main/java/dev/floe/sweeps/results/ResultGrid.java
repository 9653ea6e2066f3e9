package dev.floe.sweeps.results;

import dev.floe.sweeps.expand.Expansion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The result table as cells: the frozen backbone first, then the jobs in expansion order. How cells
 * are drawn is the business of whoever shows them.
 */
record ResultGrid(List<Column> columns, List<List<Cell>> rows) {
  private static final String NOTHING = "–";
  private static final String BASELINE = "frozen backbone";

  /** A column's title, and whether it holds numbers, which are aligned to the right. */
  record Column(String title, boolean number) {}

  /** A cell's text, and whether it is the best of its column. */
  record Cell(String text, boolean best) {}

  static ResultGrid of(SweepResults results) {
    List<String> parameters = ParameterKeys.shown(results);
    List<String> accuracies = ParameterKeys.accuracies(results);
    List<Optional<JobResult>> best =
        accuracies.stream().map(accuracy -> Best.job(results, accuracy)).toList();
    List<List<Cell>> rows = new ArrayList<>();
    rows.add(baseline(results, parameters, accuracies));
    results
        .jobs()
        .forEach(job -> rows.add(row(job, isValidated(results), parameters, accuracies, best)));
    return new ResultGrid(columns(results, parameters, accuracies), rows);
  }

  private static List<Column> columns(
      SweepResults results, List<String> parameters, List<String> accuracies) {
    List<Column> columns = new ArrayList<>();
    for (String key : parameters) {
      columns.add(new Column(ParameterKeys.shortName(key), isNumber(results, key)));
    }
    columns.add(new Column("trainable", true));
    columns.add(new Column("final loss", true));
    if (isValidated(results)) {
      columns.add(new Column("validation", true));
    }
    for (String accuracy : accuracies) {
      columns.add(new Column(ParameterKeys.dataset(accuracy) + " %", true));
    }
    columns.add(new Column("seconds", true));
    columns.add(new Column("tok/s", true));
    columns.add(new Column("state", false));
    return columns;
  }

  private static boolean isValidated(SweepResults results) {
    return results.jobs().stream().anyMatch(job -> validationLoss(job) != null);
  }

  private static Double validationLoss(JobResult job) {
    return job.figures() == null ? null : job.figures().bestValidationLoss();
  }

  private static boolean isNumber(SweepResults results, String key) {
    return results.jobs().stream()
        .map(job -> job.parameters().get(key))
        .allMatch(value -> value == null || value instanceof Number);
  }

  private static List<Cell> baseline(
      SweepResults results, List<String> parameters, List<String> accuracies) {
    List<Cell> cells = new ArrayList<>();
    for (String key : parameters) {
      add(cells, key.equals(Expansion.TYPE) ? BASELINE : NOTHING);
    }
    add(cells, "0");
    add(cells, NOTHING);
    if (isValidated(results)) {
      add(cells, NOTHING);
    }
    for (String accuracy : accuracies) {
      add(cells, percent(results.baseline().metrics().get(accuracy)));
    }
    add(cells, NOTHING);
    add(cells, NOTHING);
    add(cells, NOTHING);
    return cells;
  }

  private static List<Cell> row(
      JobResult job,
      boolean validated,
      List<String> parameters,
      List<String> accuracies,
      List<Optional<JobResult>> best) {
    List<Cell> cells = new ArrayList<>();
    for (String key : parameters) {
      Object value = job.parameters().get(key);
      add(cells, value == null ? NOTHING : value.toString());
    }
    add(cells, number("%,d", job.trainableParameters()));
    add(cells, number("%.4f", job.finalLoss()));
    if (validated) {
      add(cells, number("%.4f", validationLoss(job)));
    }
    for (int i = 0; i < accuracies.size(); i++) {
      boolean isBest = best.get(i).filter(job::equals).isPresent();
      cells.add(new Cell(percent(job.metrics().get(accuracies.get(i))), isBest));
    }
    add(cells, number("%,.1f", job.seconds()));
    add(cells, number("%,.0f", job.tokensPerSecond()));
    add(cells, job.state().key());
    return cells;
  }

  private static void add(List<Cell> cells, String text) {
    cells.add(new Cell(text, false));
  }

  /** A share as a percentage with one decimal, as tables show it. */
  static String percent(Double share) {
    return number("%.1f", share == null ? null : share * 100);
  }

  private static String number(String format, Number value) {
    return value == null ? NOTHING : String.format(Locale.ROOT, format, value);
  }
}
