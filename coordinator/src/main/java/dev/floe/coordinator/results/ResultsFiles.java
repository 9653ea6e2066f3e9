package dev.floe.coordinator.results;

import dev.floe.coordinator.view.SweepView;
import dev.floe.sweeps.results.ResultsJson;
import java.io.IOException;
import java.nio.file.Path;

/** Writes the files of a sweep's results into its output directory. */
class ResultsFiles {

  /** Replaces {@code results.json}. Blocks. */
  void write(SweepView view) throws IOException {
    Path directory = Path.of(view.outputDirectory());
    ResultsJson.write(directory.resolve(ResultsJson.FILE), ResultsOf.view(view));
  }
}
