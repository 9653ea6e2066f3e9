package dev.floe.cli.embedded;

import dev.floe.cli.BadInputException;
import dev.floe.cli.LogFile;
import dev.floe.cli.RunRequest;
import dev.floe.cli.SweepRunner;
import dev.floe.cli.progress.ProgressDisplay;
import dev.floe.cli.progress.ProgressLoop;
import dev.floe.coordinator.Submission;
import dev.floe.coordinator.http.ApiRoutes;
import dev.floe.coordinator.http.ApiServer;
import dev.floe.coordinator.http.SweepDirectory;
import dev.floe.coordinator.store.DataDirectoryException;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.coordinator.view.SweepView;
import dev.floe.dashboards.PageRoutes;
import dev.floe.sweeps.results.JobResult;
import dev.floe.sweeps.results.JobState;
import dev.floe.sweeps.results.ResultTable;
import dev.floe.sweeps.results.ResultsJson;
import dev.floe.sweeps.results.SweepResults;
import dev.floe.sweeps.results.Truncation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.pekko.stream.javadsl.Sink;

/** Runs a sweep with coordinator and worker in this process, until it ends or is interrupted. */
public final class EmbeddedRun implements SweepRunner {
  private static final String LOOPBACK = "127.0.0.1";

  @Override
  public int run(RunRequest request) throws Exception {
    refuseAnotherSweep(request);
    refuseTakenPort(request);
    LogFile.open(request.outputDirectory().resolve("floe.log"));
    EmbeddedHost host = start(request);
    Interruption interruption = Interruption.drainsOnSignal(host, request);
    try {
      Submission submission =
          await(host, host.client().submit(request.spec(), request.outputDirectory()));
      announce(request, submission);
      try (ApiServer page = serve(host, request, submission);
          AutoCloseable display = display(host, request, submission)) {
        await(host, submission.results());
      }
    } finally {
      if (interruption.isUnderWay()) {
        interruption.awaitEnd();
      }
      host.terminate();
      interruption.cancel();
    }
    return report(request);
  }

  private static EmbeddedHost start(RunRequest request) throws BadInputException, IOException {
    try {
      return EmbeddedHost.start(request.dataDirectory(), request.threads());
    } catch (DataDirectoryException e) {
      throw new BadInputException(e.getMessage(), e);
    }
  }

  /** Two sweeps in one directory would overwrite each other's results. */
  private static void refuseAnotherSweep(RunRequest request) throws BadInputException {
    Path file = request.outputDirectory().resolve(ResultsJson.FILE);
    if (!Files.exists(file)) {
      return;
    }
    try {
      SweepResults results = ResultsJson.read(file);
      if (!results.id().equals(request.spec().id())) {
        throw new BadInputException(
            "%s holds sweep %s-%s, but the file now describes %s-%s; choose another --out"
                .formatted(
                    request.outputDirectory(),
                    results.sweep(),
                    results.id(),
                    request.spec().name(),
                    request.spec().id()));
      }
    } catch (IOException e) {
      throw new BadInputException(e.getMessage(), e);
    }
  }

  /** Before anything is written; a port that is taken later fails the run. */
  private static void refuseTakenPort(RunRequest request) throws BadInputException {
    if (!request.web() || request.port() == 0) {
      return;
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true); // connections that were closed a moment ago do not count
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), request.port()));
    } catch (IOException e) {
      throw new BadInputException(
          "--port: %s:%d is taken by another program; choose another port, or 0 for any free one"
              .formatted(LOOPBACK, request.port()),
          e);
    }
  }

  private static void announce(RunRequest request, Submission submission) {
    if (request.quiet()) {
      return;
    }
    if (!submission.resumed()) {
      say(request, submission.jobs() + " jobs into " + request.outputDirectory());
    } else if (submission.ended() == submission.jobs()) {
      say(request, "nothing left to do in " + request.outputDirectory());
    } else {
      say(
          request,
          "resuming "
              + request.outputDirectory()
              + ": "
              + submission.ended()
              + " of "
              + submission.jobs()
              + " jobs had ended");
    }
  }

  private static ApiServer serve(EmbeddedHost host, RunRequest request, Submission submission)
      throws IOException {
    if (!request.web()) {
      return null;
    }
    ApiServer server =
        ApiServer.start(
            host.system(),
            LOOPBACK,
            request.port(),
            ApiRoutes.create(
                SweepDirectory.of(submission.sweep(), submission.feed()), Clock.systemUTC()),
            PageRoutes.create());
    if (!request.quiet()) {
      say(request, "watch it at " + server.uri());
    }
    return server;
  }

  private static AutoCloseable display(
      EmbeddedHost host, RunRequest request, Submission submission) {
    if (request.quiet()) {
      return () -> {};
    }
    ProgressLoop loop =
        ProgressLoop.start(
            ProgressDisplay.on(
                request.err(), Boolean.getBoolean("floe.terminal"), Clock.systemUTC()));
    submission.feed().updates().runWith(Sink.foreach(new Follower(loop)::accept), host.system());
    return loop;
  }

  /** Folds updates into the view that the display shows. */
  private static final class Follower {
    private final Consumer<SweepView> display;
    private SweepView view;

    Follower(Consumer<SweepView> display) {
      this.display = display;
    }

    void accept(SweepUpdate update) {
      view = update instanceof SweepUpdate.Snapshot snapshot ? snapshot.view() : view.after(update);
      display.accept(view);
    }
  }

  /** Waits for a stage, or for the actors to die under it. */
  private static <T> T await(EmbeddedHost host, CompletionStage<T> stage) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    stage.whenComplete(
        (value, failure) -> {
          if (failure != null) {
            result.completeExceptionally(failure);
          } else {
            result.complete(value);
          }
        });
    host.terminated()
        .whenComplete(
            (done, failure) ->
                result.completeExceptionally(
                    new IOException(
                        "coordinator or worker stopped by itself; run the same command to go on")));
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /** The table, and 0 when every job has its result. */
  private static int report(RunRequest request) throws IOException {
    Path directory = request.outputDirectory();
    SweepResults results = ResultsJson.read(directory.resolve(ResultsJson.FILE));
    request.out().print(request.json() ? ResultsJson.render(results) : ResultTable.render(results));
    request.out().flush();
    List<String> cut = Truncation.sentences(results);
    if (!cut.isEmpty()) {
      say(request, String.join("; ", cut));
    }
    if (!request.quiet()) {
      say(request, "results.json, results.csv, report.md and adapters/ are in " + directory);
    }
    boolean all = results.jobs().stream().map(JobResult::state).allMatch(EmbeddedRun::hasResult);
    return all ? 0 : 1;
  }

  private static boolean hasResult(JobState state) {
    return state == JobState.DONE || state == JobState.DIVERGED;
  }

  static void say(RunRequest request, String line) {
    request.err().println("floe: " + line);
    request.err().flush();
  }
}
