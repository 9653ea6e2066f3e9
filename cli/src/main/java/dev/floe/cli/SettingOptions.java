package dev.floe.cli;

import dev.floe.sweeps.file.Settings;
import dev.floe.sweeps.file.SweepFileException;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code --set}, for the commands that read a sweep or job file. */
public final class SettingOptions {
  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = {
        "Puts a value in place of the file's, such as train.batch=8 or backbone=DIR;",
        "repeatable. Paths are relative to the current directory."
      })
  private List<String> settings = List.of();

  /**
   * What the user set.
   *
   * @throws SweepFileException a setting is not of the form KEY=VALUE
   */
  public Settings settings() throws SweepFileException {
    return Settings.parse(settings);
  }

  /** The settings as they were written. */
  public List<String> given() {
    return List.copyOf(settings);
  }
}
