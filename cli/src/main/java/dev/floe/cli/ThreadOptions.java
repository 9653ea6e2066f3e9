package dev.floe.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code --threads}, for the commands that compute. */
public final class ThreadOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads; default all processors of this machine.")
  private Integer threads;

  /** How many; less than one is refused as bad usage. */
  public int count() {
    int count = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    OptionChecks.atLeast(command, "--threads", count, 1);
    return count;
  }
}
