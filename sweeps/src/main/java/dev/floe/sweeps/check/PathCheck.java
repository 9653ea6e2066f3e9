package dev.floe.sweeps.check;

import dev.floe.protocol.job.HeldOut;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds what a sweep names that is not there. */
public final class PathCheck {
  private final List<Problem> problems = new ArrayList<>();

  private PathCheck() {}

  /** The backbone's directory and the data files that are missing; empty when all are there. */
  public static List<Problem> problems(SweepSpec spec) {
    PathCheck check = new PathCheck();
    check.directory("backbone", spec.backbone());
    check.file("data.train", spec.data().train());
    HeldOut validation = spec.data().validation();
    if (validation != null && validation.file() != null) {
      check.file("data.validation.file", validation.file());
    }
    spec.data().evaluate().forEach(set -> check.file("data.evaluate", set));
    return check.problems;
  }

  private void directory(String key, String path) {
    if (!Files.isDirectory(Path.of(path))) {
      boolean exists = Files.exists(Path.of(path));
      String what = exists ? "is not a directory: " : "there is no directory ";
      problems.add(new Problem(key, what + path));
    }
  }

  private void file(String key, String path) {
    if (!Files.isReadable(Path.of(path)) || Files.isDirectory(Path.of(path))) {
      boolean exists = Files.exists(Path.of(path));
      String what = exists ? "is not a file that can be read: " : "there is no file ";
      problems.add(new Problem(key, what + path));
    }
  }
}
