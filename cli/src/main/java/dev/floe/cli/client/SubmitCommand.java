package dev.floe.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.cli.SweepInput;
import dev.floe.sweeps.file.Settings;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code floe submit}: hands a sweep to a running coordinator. */
@Command(
    name = "submit",
    description = {
      "Hands a sweep to a running coordinator and prints its id.",
      "Submitting it again changes nothing."
    },
    mixinStandardHelpOptions = true)
public final class SubmitCommand implements Callable<Integer> {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Spec private CommandSpec command;
  @Mixin private ClientOptions client;

  @Parameters(paramLabel = "SWEEP.yaml", description = "The sweep file.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Puts a value in place of the file's; repeatable.")
  private List<String> settings = List.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = {
        "Where results and adapters go: every node must see it at the same path;",
        "default runs/<name>-<id>."
      })
  private Path out;

  @Override
  public Integer call() throws Exception {
    SweepSpec spec = SweepInput.read(file, Settings.parse(settings)).spec();
    Path output = out == null ? Path.of("runs", spec.name() + "-" + spec.id()) : out;
    ObjectNode body = MAPPER.createObjectNode();
    body.set("spec", MAPPER.readTree(spec.toJson()));
    body.put("output", output.toAbsolutePath().normalize().toString());
    JsonNode answer = client.client().post("api/sweeps", body);
    command
        .commandLine()
        .getOut()
        .println(client.json() ? answer.toString() : answer.path("id").asText());
    command.commandLine().getOut().flush();
    return 0;
  }
}
