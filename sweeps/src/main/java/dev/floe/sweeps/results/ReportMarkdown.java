package dev.floe.sweeps.results;

import dev.floe.protocol.report.JobFigures;
import dev.floe.sweeps.expand.Expansion;
import dev.floe.sweeps.results.ResultGrid.Cell;
import dev.floe.sweeps.spec.Axis;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code report.md}: what ran, every result, the best job, and how accuracy depends on type,
 * placement and rank.
 */
public final class ReportMarkdown {
  /** The file's name in the sweep's directory. */
  public static final String FILE = "report.md";

  private final SweepResults results;
  private final StringBuilder report = new StringBuilder();

  private ReportMarkdown(SweepResults results) {
    this.results = results;
  }

  public static String render(SweepResults results) {
    ReportMarkdown report = new ReportMarkdown(results);
    report.summary();
    report.table();
    report.best();
    report.marginals();
    report.costs();
    report.failures();
    report.truncation();
    return report.report.toString();
  }

  private void summary() {
    line("# Sweep " + results.sweep());
    line("");
    line("- id: `" + results.id() + "`");
    line("- backbone: `" + results.backbone() + "`");
    line("- jobs: " + results.jobs().size() + states());
    for (String key : ParameterKeys.all(results)) {
      Set<String> values = new LinkedHashSet<>();
      results.jobs().stream()
          .filter(job -> job.parameters().containsKey(key))
          .forEach(job -> values.add("`" + job.parameters().get(key) + "`"));
      line("- " + key + ": " + String.join(", ", values));
    }
  }

  private String states() {
    Map<JobState, Long> counts =
        results.jobs().stream()
            .collect(Collectors.groupingBy(JobResult::state, Collectors.counting()));
    List<String> parts = new ArrayList<>();
    for (JobState state : JobState.values()) {
      if (counts.containsKey(state)) {
        parts.add(counts.get(state) + " " + state.key());
      }
    }
    return parts.isEmpty() ? "" : " (" + String.join(", ", parts) + ")";
  }

  private void table() {
    heading("Results");
    ResultGrid grid = ResultGrid.of(results);
    row(grid.columns().stream().map(ResultGrid.Column::title).toList());
    row(grid.columns().stream().map(column -> column.number() ? "---:" : "---").toList());
    grid.rows().forEach(cells -> row(cells.stream().map(ReportMarkdown::cell).toList()));
  }

  private static String cell(Cell cell) {
    return cell.best() ? "**" + cell.text() + "**" : cell.text();
  }

  private void best() {
    for (String accuracy : ParameterKeys.accuracies(results)) {
      Best.job(results, accuracy).ifPresent(job -> best(accuracy, job));
    }
  }

  private void best(String accuracy, JobResult job) {
    heading("Best on " + ParameterKeys.dataset(accuracy));
    String parameters =
        job.parameters().entrySet().stream()
            .map(entry -> ParameterKeys.shortName(entry.getKey()) + " " + entry.getValue())
            .collect(Collectors.joining(", "));
    line(
        "Job %d (%s): %s %% right; the frozen backbone: %s %%."
            .formatted(
                job.job(),
                parameters,
                ResultGrid.percent(job.metrics().get(accuracy)),
                ResultGrid.percent(results.baseline().metrics().get(accuracy))));
    if (job.adapter() != null) {
      line("");
      line("Its adapter: `" + job.adapter() + "`");
    }
  }

  private void marginals() {
    List<String> keys = new ArrayList<>(ParameterKeys.all(results));
    keys.retainAll(List.of(Expansion.TYPE, Axis.PLACEMENT.key(), Axis.RANK.key()));
    for (String accuracy : ParameterKeys.accuracies(results)) {
      if (keys.size() > 1) {
        marginal(accuracy, keys);
      }
      ParameterKeys.shown(results).forEach(key -> marginal(accuracy, List.of(key)));
    }
  }

  private void marginal(String accuracy, List<String> keys) {
    Map<List<String>, DoubleSummaryStatistics> groups = Marginals.by(results, accuracy, keys);
    if (groups.isEmpty()) {
      return;
    }
    List<String> names = keys.stream().map(ParameterKeys::shortName).toList();
    heading(
        "Accuracy on "
            + ParameterKeys.dataset(accuracy)
            + " in %, by "
            + String.join(" × ", names));
    List<String> header = new ArrayList<>(names);
    header.addAll(List.of("mean", "lowest", "highest", "jobs"));
    row(header);
    List<String> rule = new ArrayList<>(names.stream().map(name -> "---").toList());
    rule.addAll(List.of("---:", "---:", "---:", "---:"));
    row(rule);
    groups.forEach(
        (values, statistics) -> {
          List<String> cells = new ArrayList<>(values);
          cells.add(ResultGrid.percent(statistics.getAverage()));
          cells.add(ResultGrid.percent(statistics.getMin()));
          cells.add(ResultGrid.percent(statistics.getMax()));
          cells.add(String.format(Locale.ROOT, "%,d", statistics.getCount()));
          row(cells);
        });
  }

  private void costs() {
    List<JobResult> measured =
        results.jobs().stream().filter(job -> job.figures() != null).toList();
    if (measured.isEmpty()) {
      return;
    }
    heading("Costs");
    row(
        List.of(
            "job",
            "trainable",
            "training TFLOP",
            "peak memory MiB",
            "adapter KiB",
            "ms per token",
            "without adapter"));
    row(List.of("---:", "---:", "---:", "---:", "---:", "---:", "---:"));
    measured.forEach(job -> row(costs(job, job.figures())));
  }

  private static List<String> costs(JobResult job, JobFigures figures) {
    return List.of(
        String.valueOf(job.job()),
        amount("%,.0f", job.trainableParameters(), 1),
        amount("%,.3f", figures.trainingFlops(), 1e-12),
        amount("%,.0f", figures.peakMemoryBytes(), 1.0 / (1 << 20)),
        amount("%,.1f", figures.adapterBytes(), 1.0 / (1 << 10)),
        amount("%.2f", figures.secondsPerToken(), 1e3),
        amount("%.2f", figures.frozenSecondsPerToken(), 1e3));
  }

  private static String amount(String format, Number value, double scale) {
    return value == null ? "–" : String.format(Locale.ROOT, format, value.doubleValue() * scale);
  }

  private void failures() {
    List<JobResult> failures =
        results.jobs().stream().filter(job -> job.failure() != null).toList();
    if (failures.isEmpty()) {
      return;
    }
    heading("Jobs without a result");
    for (JobResult job : failures) {
      String reason = job.failure().replaceAll("\\s+", " ");
      line("- job " + job.job() + ", " + job.state().key() + ": " + reason);
    }
  }

  private void truncation() {
    List<String> sentences = Truncation.sentences(results);
    if (!sentences.isEmpty()) {
      heading("What was cut off");
      sentences.forEach(sentence -> line("- " + sentence));
    }
  }

  private void heading(String title) {
    line("");
    line("## " + title);
    line("");
  }

  private void row(List<String> cells) {
    line(
        cells.stream()
            .map(cell -> cell.replace("|", "\\|"))
            .collect(Collectors.joining(" | ", "| ", " |")));
  }

  private void line(String text) {
    report.append(text).append('\n');
  }
}
