package dev.floe.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that has something done with a sweep, and prints nothing but with {@code --json}. */
@Command(mixinStandardHelpOptions = true)
public abstract class SteerCommand implements Callable<Integer> {
  private final String verb;

  @Spec private CommandSpec command;
  @Mixin private ClientOptions client;

  @Parameters(paramLabel = "ID", description = "The sweep's id, which floe submit printed.")
  private String id;

  SteerCommand(String verb) {
    this.verb = verb;
  }

  /** {@code floe pause}. */
  @Command(
      name = "pause",
      description = "Takes a sweep's running jobs back, with their checkpoints, until floe resume.")
  public static final class Pause extends SteerCommand {
    public Pause() {
      super("pause");
    }
  }

  /** {@code floe resume}. */
  @Command(name = "resume", description = "Goes on with a sweep that was paused.")
  public static final class Resume extends SteerCommand {
    public Resume() {
      super("resume");
    }
  }

  /** {@code floe cancel}. */
  @Command(name = "cancel", description = "Ends a sweep: what has not ended is stopped.")
  public static final class Cancel extends SteerCommand {
    public Cancel() {
      super("cancel");
    }
  }

  /** {@code floe retry}. */
  @Command(
      name = "retry",
      description = "Tries again the jobs that failed, with all attempts before them.")
  public static final class Retry extends SteerCommand {
    @Option(
        names = "--kind",
        paramLabel = "KIND",
        split = ",",
        description = "Only for these reasons, such as lost,out-of-memory; default for any.")
    private List<String> kinds = List.of();

    public Retry() {
      super("retry");
    }

    @Override
    ObjectNode body() {
      ObjectNode body = super.body();
      ArrayNode list = body.putArray("kinds");
      kinds.forEach(list::add);
      return body;
    }
  }

  /** What is sent along. */
  ObjectNode body() {
    return JsonNodeFactory.instance.objectNode();
  }

  @Override
  public Integer call() throws Exception {
    JsonNode answer =
        client.client().post("api/sweeps/" + ApiClient.segment(id) + "/" + verb, body());
    if (client.json()) {
      command.commandLine().getOut().println(answer);
      command.commandLine().getOut().flush();
    }
    return 0;
  }
}
