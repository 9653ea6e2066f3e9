package dev.floe.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code floe watch}: follows a sweep until it has ended. */
@Command(
    name = "watch",
    description = "Shows each change of a sweep's status until it has ended; 0 if all is well.",
    mixinStandardHelpOptions = true)
public final class WatchCommand implements Callable<Integer> {
  private static final long PAUSE_MILLIS = 1_000;

  @Spec private CommandSpec command;
  @Mixin private ClientOptions client;

  @Parameters(paramLabel = "ID", description = "The sweep's id, which floe submit printed.")
  private String id;

  @Override
  public Integer call() throws Exception {
    ApiClient api = client.client();
    PrintWriter out = command.commandLine().getOut();
    String shown = "";
    while (true) {
      JsonNode status = api.get("api/sweeps/" + ApiClient.segment(id) + "/status");
      String line = client.json() ? status.toString() : StatusText.line(status);
      if (!line.equals(shown)) {
        out.println(line);
        out.flush();
        shown = line;
      }
      if (status.path("state").asText().equals("done")) {
        JsonNode jobs = status.path("jobs");
        return jobs.path("failed").asInt() + jobs.path("quarantined").asInt() == 0 ? 0 : 1;
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }
}
