package dev.floe.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code floe drain}: has a worker leave. */
@Command(
    name = "drain",
    description = {
      "Has a worker checkpoint and hand back what it runs, and leave.",
      "The beginning of an id that all workers of a node share means all of them."
    },
    mixinStandardHelpOptions = true)
public final class DrainCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private ClientOptions client;

  @Parameters(paramLabel = "WORKER", description = "The worker's id, as floe status shows it.")
  private String worker;

  @Override
  public Integer call() throws Exception {
    JsonNode answer =
        client
            .client()
            .post(
                "api/workers/" + ApiClient.segment(worker) + "/drain",
                JsonNodeFactory.instance.objectNode());
    if (client.json()) {
      command.commandLine().getOut().println(answer);
      command.commandLine().getOut().flush();
    }
    return 0;
  }
}
