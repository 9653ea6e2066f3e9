package dev.floe.sweeps.results;

import java.io.IOException;
import java.nio.file.Path;

/** The three result files of a sweep's directory. */
public final class ResultFiles {
  private ResultFiles() {}

  /**
   * Writes {@code results.json}, {@code results.csv} and {@code report.md}, each replaced in one
   * step. The JSON goes first: it is the record, the others are made from it.
   */
  public static void write(Path directory, SweepResults results) throws IOException {
    ResultsJson.write(directory.resolve(ResultsJson.FILE), results);
    AtomicFile.write(directory.resolve(ResultsCsv.FILE), ResultsCsv.render(results));
    AtomicFile.write(directory.resolve(ReportMarkdown.FILE), ReportMarkdown.render(results));
  }
}
