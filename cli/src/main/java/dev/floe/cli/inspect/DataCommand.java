package dev.floe.cli.inspect;

import dev.floe.cli.rationales.RationalesCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code floe data}: what has to do with data files. */
@Command(
    name = "data",
    description = "Looks into data files, and makes training rows.",
    subcommands = {DataShowCommand.class, RationalesCommand.class},
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class DataCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  /** Reached when no verb is given. */
  @Override
  public Integer call() {
    String verbs = String.join(", ", command.subcommands().keySet());
    throw new ParameterException(command.commandLine(), "name a command: " + verbs);
  }
}
