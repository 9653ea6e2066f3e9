package dev.floe.worker.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What went wrong during a job and was got over, one line each, for its report. */
public final class Notices {
  private static final int MOST = 20;

  private final Set<String> lines = new LinkedHashSet<>();

  /** Adds a line; beyond the first 20 they are in the log alone. */
  public void add(String line) {
    if (lines.size() < MOST) {
      lines.add(line);
    }
  }

  public List<String> lines() {
    return new ArrayList<>(lines);
  }
}
