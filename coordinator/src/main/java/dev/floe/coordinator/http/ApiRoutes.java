package dev.floe.coordinator.http;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.completeOK;
import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.onComplete;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.pathEnd;
import static org.apache.pekko.http.javadsl.server.Directives.pathPrefix;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.floe.coordinator.view.SweepFeed;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.marshalling.sse.EventStreamMarshalling;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes below {@code /api/sweeps}: the list of sweeps, one sweep's whole view, and its events.
 * To be served by an {@link ApiServer}, which adds what holds for every route.
 */
public final class ApiRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(ApiRoutes.class);

  private final SweepDirectory directory;
  private final ViewJson json;
  private final Clock clock;
  private final Map<String, TimeLeft> timesLeft = new ConcurrentHashMap<>();

  private ApiRoutes(SweepDirectory directory, Clock clock) {
    this.directory = directory;
    this.clock = clock;
    this.json = new ViewJson(clock);
  }

  /**
   * The API of a directory's sweeps.
   *
   * @param clock what elapsed and remaining times are told by
   */
  public static Route create(SweepDirectory directory, Clock clock) {
    return new ApiRoutes(directory, clock).route();
  }

  private Route route() {
    return pathPrefix(
        segment("api").slash("sweeps"),
        () ->
            concat(
                pathEnd(() -> get(this::list)),
                path(segment(), id -> get(() -> withFeed(id, this::whole))),
                path(segment().slash("events"), id -> get(() -> withFeed(id, this::events)))));
  }

  private Route list() {
    CompletionStage<ArrayNode> entries =
        CompletableFuture.completedFuture(JsonNodeFactory.instance.arrayNode());
    for (SweepFeed feed : directory.sweeps().values()) {
      entries = entries.thenCombine(feed.current(), (list, view) -> list.add(json.entry(view)));
    }
    return answer(entries);
  }

  private Route whole(String id, SweepFeed feed) {
    return answer(feed.current().thenApply(view -> json.whole(view, timeLeft(id).seconds(view))));
  }

  private Route events(String id, SweepFeed feed) {
    return completeOK(
        EventStream.of(feed, json, timeLeft(id)), EventStreamMarshalling.toEventStream());
  }

  private Route withFeed(String id, BiFunction<String, SweepFeed, Route> inner) {
    Map<String, SweepFeed> sweeps = directory.sweeps();
    SweepFeed feed = sweeps.get(id);
    if (feed != null) {
      return inner.apply(id, feed);
    }
    String known = sweeps.isEmpty() ? "there is none yet" : "there are " + sweeps.keySet();
    return complete(
        JsonResponses.error(StatusCodes.NOT_FOUND, "no sweep has the id " + id + "; " + known));
  }

  private Route answer(CompletionStage<? extends JsonNode> content) {
    return onComplete(
        () -> content.thenApply(Function.<JsonNode>identity()),
        result -> {
          if (result.isSuccess()) {
            return complete(JsonResponses.ok(result.get()));
          }
          LOG.warn("the coordinator gave no picture of a sweep", result.failed().get());
          return complete(
              JsonResponses.error(
                  StatusCodes.SERVICE_UNAVAILABLE, "the coordinator does not answer; try again"));
        });
  }

  private TimeLeft timeLeft(String id) {
    return timesLeft.computeIfAbsent(id, sweep -> new TimeLeft(clock));
  }
}
