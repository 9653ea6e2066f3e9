package dev.floe.coordinator.results;

import dev.floe.coordinator.sweep.SweepEvent;
import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepView;
import dev.floe.sweeps.results.ResultFiles;
import dev.floe.sweeps.results.ResultsJson;
import dev.floe.sweeps.results.SweepResults;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** {@code results.json} from a view that holds everything; at the end the other files too. */
final class UsualSweepFiles implements SweepFiles {
  private final Path directory;

  UsualSweepFiles(Path directory) {
    this.directory = directory;
  }

  @Override
  public boolean lacksSome() {
    return false; // the view has all
  }

  @Override
  public void remember(List<SweepEvent> events, SweepView view) {}

  @Override
  public void ended(JobView job) {}

  @Override
  public void writeWhole(SweepView view) throws IOException {
    SweepResults results = ResultsOf.view(view);
    if (view.phase() == SweepPhase.FINISHED) {
      ResultFiles.write(directory, results);
    } else {
      ResultsJson.write(directory.resolve(ResultsJson.FILE), results);
    }
  }

  @Override
  public Duration pause() {
    return Duration.ofMillis(250);
  }

  @Override
  public void close() {}
}
