package dev.floe.sweeps.results;

import dev.floe.sweeps.results.ResultGrid.Cell;
import dev.floe.sweeps.results.ResultGrid.Column;
import java.util.List;

/**
 * The table that a terminal shows: plain text, aligned, a star behind the best accuracy of each
 * evaluation set.
 */
public final class ResultTable {
  private static final String GAP = "  ";

  /** Longest cell; a list of many modules is cut. */
  private static final int WIDEST = 32;

  private final ResultGrid grid;

  private ResultTable(ResultGrid grid) {
    this.grid = grid;
  }

  /** The table of {@code results}, with a line break at its end. */
  public static String render(SweepResults results) {
    return new ResultTable(ResultGrid.of(results)).render();
  }

  private String render() {
    List<Column> columns = grid.columns();
    int[] widths = new int[columns.size()];
    boolean[] starred = new boolean[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = columns.get(i).title().length();
      for (List<Cell> row : grid.rows()) {
        widths[i] = Math.max(widths[i], cut(row.get(i).text()).length());
        starred[i] |= row.get(i).best();
      }
    }
    StringBuilder table = new StringBuilder();
    StringBuilder rule = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      append(table, i, columns.get(i).title(), widths[i], starred[i] ? " " : "");
      rule.append(i == 0 ? "" : GAP).append("─".repeat(widths[i] + (starred[i] ? 1 : 0)));
    }
    endLine(table);
    table.append(rule).append('\n');
    for (List<Cell> row : grid.rows()) {
      for (int i = 0; i < widths.length; i++) {
        String mark = row.get(i).best() ? "*" : " ";
        append(table, i, cut(row.get(i).text()), widths[i], starred[i] ? mark : "");
      }
      endLine(table);
    }
    return table.append(legend(starred)).toString();
  }

  private void append(StringBuilder line, int column, String text, int width, String mark) {
    String padding = " ".repeat(width - text.length());
    line.append(column == 0 ? "" : GAP);
    line.append(grid.columns().get(column).number() ? padding + text : text + padding).append(mark);
  }

  private static void endLine(StringBuilder table) {
    while (table.charAt(table.length() - 1) == ' ') {
      table.setLength(table.length() - 1);
    }
    table.append('\n');
  }

  private static String legend(boolean[] starred) {
    for (boolean star : starred) {
      if (star) {
        return "* best accuracy\n";
      }
    }
    return "";
  }

  private static String cut(String text) {
    return text.length() <= WIDEST ? text : text.substring(0, WIDEST - 1) + "…";
  }
}
