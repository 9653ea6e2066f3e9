package dev.floe.coordinator.http;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.entity;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.onComplete;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.pathPrefix;
import static org.apache.pekko.http.javadsl.server.Directives.post;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.coordinator.CoordinatorClient;
import dev.floe.coordinator.Submission;
import dev.floe.coordinator.results.ResultsOf;
import dev.floe.coordinator.view.SweepFeed;
import dev.floe.protocol.report.JobFailure;
import dev.floe.sweeps.results.ResultsJson;
import dev.floe.sweeps.spec.SweepSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.unmarshalling.Unmarshaller;
import org.apache.pekko.pattern.StatusReply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the command line asks a coordinator for: {@code POST /api/sweeps} submits, {@code POST
 * /api/sweeps/ID/pause} and its like steer, {@code GET /api/sweeps/ID/status} and {@code /results}
 * tell, {@code /api/workers} shows and drains workers. Bodies and answers are JSON.
 */
public final class CommandRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(CommandRoutes.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** A request that waits must be answered before whoever sent it gives up. */
  private static final Duration DRAIN_WITHIN = Duration.ofSeconds(15);

  private final CoordinatorClient coordinator;
  private final SweepDirectory directory;

  /** What is done with a sweep, by the last segment of the path. */
  private final Map<String, Function<String, CompletionStage<?>>> verbs;

  private CommandRoutes(CoordinatorClient coordinator, SweepDirectory directory) {
    this.coordinator = coordinator;
    this.directory = directory;
    this.verbs =
        Map.of(
            "pause", coordinator::pauseSweep,
            "resume", coordinator::resumeSweep,
            "cancel", coordinator::cancelSweep);
  }

  /** The routes of a coordinator that leads. */
  public static Route create(CoordinatorClient coordinator, SweepDirectory directory) {
    return new CommandRoutes(coordinator, directory).route();
  }

  private Route route() {
    return pathPrefix(
        "api",
        () ->
            concat(
                path("sweeps", () -> post(() -> body(this::submit))),
                path(
                    segment("sweeps").slash(segment()).slash("status"),
                    id -> get(() -> withFeed(id, feed -> status(feed)))),
                path(
                    segment("sweeps").slash(segment()).slash("results"),
                    id -> get(() -> withFeed(id, CommandRoutes::results))),
                path(
                    segment("sweeps").slash(segment()).slash("retry"),
                    id -> post(() -> withFeed(id, feed -> body(body -> retry(id, body))))),
                path(
                    segment("sweeps").slash(segment()).slash(segment()),
                    (id, verb) -> post(() -> withFeed(id, feed -> steer(id, verb)))),
                path("workers", () -> get(() -> answer(workers()))),
                path(
                    segment("workers").slash(segment()).slash("drain"),
                    worker -> post(() -> drain(worker)))));
  }

  private Route submit(JsonNode body) {
    SweepSpec spec;
    Path output;
    try {
      spec = SweepSpec.fromJson(MAPPER.writeValueAsString(body.path("spec")));
      output = Path.of(body.path("output").asText());
    } catch (IllegalArgumentException | JsonProcessingException e) {
      return refuse("this is no sweep of this version of floe: " + e.getMessage());
    }
    if (!output.isAbsolute()) {
      return refuse("output must be an absolute path, got '" + output + "'");
    }
    try {
      Files.createDirectories(output);
    } catch (IOException e) {
      return refuse(
          output
              + " cannot be created by the coordinator: choose a directory that every node shares ("
              + e
              + ")");
    }
    return answer(coordinator.submit(spec, output).thenApply(CommandRoutes::submitted));
  }

  private static JsonNode submitted(Submission submission) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", submission.sweep())
        .put("jobs", submission.jobs())
        .put("ended", submission.ended())
        .put("resumed", submission.resumed());
  }

  private Route status(SweepFeed feed) {
    return answer(feed.current().thenCombine(coordinator.workers(), StatusJson::of));
  }

  private static Route results(SweepFeed feed) {
    return onComplete(
        () -> feed.current().thenApply(view -> ResultsJson.render(ResultsOf.view(view))),
        text ->
            text.isSuccess()
                ? complete(
                    HttpResponse.create().withEntity(ContentTypes.APPLICATION_JSON, text.get()))
                : failed(text.failed().get()));
  }

  private Route steer(String id, String verb) {
    Function<String, CompletionStage<?>> action = verbs.get(verb);
    return action == null
        ? complete(
            JsonResponses.error(
                StatusCodes.NOT_FOUND,
                "nothing is called " + verb + "; there is " + verbs.keySet()))
        : answer(action.apply(id).thenApply(done -> done(id)));
  }

  private Route retry(String id, JsonNode body) {
    Set<JobFailure.Kind> kinds = EnumSet.noneOf(JobFailure.Kind.class);
    for (JsonNode kind : body.path("kinds")) {
      try {
        kinds.add(
            JobFailure.Kind.valueOf(kind.asText().toUpperCase(Locale.ROOT).replace('-', '_')));
      } catch (IllegalArgumentException e) {
        return refuse("no failure is called '" + kind.asText() + "'; there is " + kindNames());
      }
    }
    Set<JobFailure.Kind> wanted = kinds.isEmpty() ? EnumSet.allOf(JobFailure.Kind.class) : kinds;
    return answer(
        coordinator.retryFailed(id, wanted).thenApply(jobs -> done(id).put("jobs", jobs)));
  }

  private static List<String> kindNames() {
    return Arrays.stream(JobFailure.Kind.values())
        .map(kind -> kind.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .toList();
  }

  private CompletionStage<JsonNode> workers() {
    return coordinator.workers().thenApply(StatusJson::workers);
  }

  /** The worker's id, or the beginning of it that all workers of one node share. */
  private Route drain(String worker) {
    return answer(
        coordinator
            .workers()
            .thenCompose(
                workers -> {
                  List<CompletableFuture<Done>> drains =
                      workers.stream()
                          .map(each -> each.info().id())
                          .filter(id -> id.equals(worker) || id.startsWith(worker + "-"))
                          .map(
                              id -> coordinator.drainWorker(id, DRAIN_WITHIN).toCompletableFuture())
                          .toList();
                  if (drains.isEmpty()) {
                    return CompletableFuture.failedStage(
                        new StatusReply.ErrorMessage("no worker has the id " + worker));
                  }
                  return CompletableFuture.allOf(drains.toArray(CompletableFuture<?>[]::new))
                      .thenApply(all -> done(worker).put("workers", drains.size()));
                }));
  }

  private static ObjectNode done(String id) {
    return JsonNodeFactory.instance.objectNode().put("id", id);
  }

  private Route withFeed(String id, Function<SweepFeed, Route> inner) {
    SweepFeed feed = directory.sweeps().get(id);
    return feed != null
        ? inner.apply(feed)
        : complete(JsonResponses.error(StatusCodes.NOT_FOUND, "no sweep has the id " + id));
  }

  private static Route body(Function<JsonNode, Route> inner) {
    return entity(
        Unmarshaller.entityToString(),
        text -> {
          try {
            return inner.apply(MAPPER.readTree(text));
          } catch (JsonProcessingException e) {
            return refuse("the body is not JSON: " + e.getOriginalMessage());
          }
        });
  }

  private static Route answer(CompletionStage<? extends JsonNode> content) {
    return onComplete(
        () -> content.thenApply(Function.<JsonNode>identity()),
        result ->
            result.isSuccess()
                ? complete(JsonResponses.ok(result.get()))
                : failed(result.failed().get()));
  }

  private static Route failed(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof StatusReply.ErrorMessage) {
      return complete(JsonResponses.error(StatusCodes.CONFLICT, cause.getMessage()));
    }
    LOG.warn("the coordinator did not do what it was asked", cause);
    return complete(
        JsonResponses.error(
            StatusCodes.SERVICE_UNAVAILABLE, "the coordinator does not answer; try again"));
  }

  private static Route refuse(String why) {
    return complete(JsonResponses.error(StatusCodes.BAD_REQUEST, why));
  }
}
