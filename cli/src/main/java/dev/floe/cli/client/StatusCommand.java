package dev.floe.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code floe status}: how far a sweep is, and who works on it. */
@Command(
    name = "status",
    description = "Shows how far a sweep is, what went wrong, and who works.",
    mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private ClientOptions client;

  @Parameters(paramLabel = "ID", description = "The sweep's id, which floe submit printed.")
  private String id;

  @Override
  public Integer call() throws Exception {
    JsonNode status = client.client().get("api/sweeps/" + ApiClient.segment(id) + "/status");
    command
        .commandLine()
        .getOut()
        .println(client.json() ? status.toString() : StatusText.of(status));
    command.commandLine().getOut().flush();
    return 0;
  }
}
