package dev.floe.cli;

import com.typesafe.config.ConfigFactory;
import dev.floe.coordinator.http.ApiRoutes;
import dev.floe.coordinator.http.ApiServer;
import dev.floe.coordinator.http.ResultsFeed;
import dev.floe.coordinator.http.SweepDirectory;
import dev.floe.dashboards.PageRoutes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code floe serve}: the page of a run that is over. */
@Command(
    name = "serve",
    description = "Serves the page of a sweep that ran before, on this machine, until Ctrl-C.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(paramLabel = "DIR", description = "The sweep's directory, which floe run wrote to.")
  private Path directory;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "Port on loopback; 0 for any free one; default ${DEFAULT-VALUE}.")
  private int port;

  @Override
  public Integer call() throws Exception {
    ResultsFeed feed = feed();
    ActorSystem<Void> system =
        ActorSystem.create(Behaviors.empty(), "floe-serve", ConfigFactory.load("serve"));
    try (ApiServer server = start(system, feed)) {
      command.commandLine().getErr().println("floe: " + server.uri() + " shows " + directory);
      new CountDownLatch(1).await();
    } finally {
      system.terminate();
    }
    return 0;
  }

  private ResultsFeed feed() throws BadInputException {
    try {
      return ResultsFeed.of(directory);
    } catch (IOException e) {
      throw new BadInputException(e.getMessage(), e);
    }
  }

  private ApiServer start(ActorSystem<?> system, ResultsFeed feed) throws BadInputException {
    try {
      return ApiServer.start(
          system,
          "127.0.0.1",
          port,
          ApiRoutes.create(SweepDirectory.of(feed.id(), feed), Clock.systemUTC()),
          PageRoutes.create());
    } catch (IOException e) {
      throw new BadInputException(e.getMessage(), e);
    }
  }
}
