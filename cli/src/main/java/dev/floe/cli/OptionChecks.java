package dev.floe.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Bounds of options that are numbers. */
public final class OptionChecks {
  private OptionChecks() {}

  /** Refuses what is less than {@code least} as bad usage. */
  public static void atLeast(CommandSpec command, String option, int value, int least) {
    if (value < least) {
      throw new ParameterException(
          command.commandLine(), option + " must be >= " + least + ", got " + value);
    }
  }
}
