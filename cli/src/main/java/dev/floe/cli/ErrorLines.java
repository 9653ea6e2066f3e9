package dev.floe.cli;

import dev.floe.sweeps.file.Spelling;
import dev.floe.sweeps.file.SweepFileException;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.files.MalformedJsonException;
import dev.floe.worker.safetensors.SafetensorsException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * How a command says that something went wrong: {@code floe:}, what, where, what to do, on standard
 * error. Stack traces go to the log.
 */
final class ErrorLines {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorLines.class);

  private ErrorLines() {}

  /** Bad usage: exit code 2. */
  static int usage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    String what =
        e instanceof UnmatchedArgumentException unmatched
            ? unmatched(command, unmatched)
            : firstLine(e.getMessage());
    print(command, what + " (see " + command.getCommandSpec().qualifiedName() + " --help)");
    return ExitCode.USAGE;
  }

  private static String unmatched(CommandLine command, UnmatchedArgumentException e) {
    String argument = e.getUnmatched().get(0);
    CommandSpec spec = command.getCommandSpec();
    Collection<String> known = spec.optionsMap().keySet();
    String kind = "unknown option ";
    if (!e.isUnknownOption()) {
      known = spec.subcommands().keySet();
      kind = known.isEmpty() ? "one argument too many: " : "unknown command ";
    }
    String name = argument.replaceFirst("=.*", "");
    String hint =
        Spelling.nearest(name, known).map(near -> "; did you mean " + near + "?").orElse("");
    return kind + name + hint;
  }

  /** Bad input: exit code 2; work that failed: 1. */
  static int execution(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof SweepFileException
        || e instanceof InvalidJobException
        || e instanceof BadInputException
        || e instanceof SafetensorsException
        || e instanceof MalformedJsonException) {
      print(command, e.getMessage());
      return ExitCode.USAGE;
    }
    LOG.error("The command failed", e);
    print(command, describe(e) + LogFile.hint());
    return ExitCode.SOFTWARE;
  }

  private static String describe(Exception e) {
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + ": there is no such file or directory";
    }
    if (e instanceof AccessDeniedException denied) {
      return denied.getFile() + ": permission denied";
    }
    if (e instanceof FileSystemException failed && failed.getReason() != null) {
      return failed.getFile() + ": " + failed.getReason();
    }
    String message = e.getMessage() == null ? "" : firstLine(e.getMessage());
    if (e instanceof IOException && !message.isEmpty()) {
      return message;
    }
    // the class tells more than the message of an exception that nobody meant for a user
    return e.getClass().getSimpleName() + (message.isEmpty() ? "" : ": " + message);
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }

  private static void print(CommandLine command, String message) {
    command.getErr().println("floe: " + message);
    command.getErr().flush();
  }
}
