package dev.floe.coordinator.results;

import dev.floe.coordinator.sweep.SweepEvent;
import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The files of a sweep's results. Used by one thread at a time, but for {@link #writeWhole}. */
interface SweepFiles {

  static SweepFiles open(SweepView view) throws IOException {
    Path directory = Path.of(view.outputDirectory());
    return SweepView.isLarge(view.jobs().size())
        ? LargeSweepFiles.open(directory, view)
        : new UsualSweepFiles(directory);
  }

  /** Whether jobs have ended that the files know nothing of. */
  boolean lacksSome();

  /** Adds what they lack and these events, the next in the journal's order, tell. */
  void remember(List<SweepEvent> events, SweepView view) throws IOException;

  /** A job has ended. */
  void ended(JobView job) throws IOException;

  /** Makes the files that show the whole sweep. From any thread, one at a time. */
  void writeWhole(SweepView view) throws IOException;

  /** The shortest time between two of these. */
  Duration pause();

  /** Nothing more will be added. */
  void close() throws IOException;
}
