package dev.floe.cli.node;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;

import dev.floe.coordinator.http.ApiRoutes;
import dev.floe.coordinator.http.CommandRoutes;
import dev.floe.coordinator.http.JsonResponses;
import java.time.Clock;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * The routes of a coordinator's node. While another node leads, the API says so with status 503.
 * {@code /alive} answers as long as the process does, {@code /ready} only where the API does.
 */
final class NodeRoutes {
  private NodeRoutes() {}

  static Route create(Leadership leadership) {
    Route api = ApiRoutes.create(leadership, Clock.systemUTC());
    return concat(
        path("alive", () -> get(() -> complete(StatusCodes.OK, "alive\n"))),
        path("ready", () -> get(() -> perRequest(() -> ready(leadership)))),
        perRequest(() -> led(leadership, api)));
  }

  private static Route ready(Leadership leadership) {
    return leadership.coordinator().isPresent()
        ? complete(StatusCodes.OK, "leads\n")
        : complete(StatusCodes.SERVICE_UNAVAILABLE, "stands by\n");
  }

  private static Route led(Leadership leadership, Route api) {
    return leadership
        .coordinator()
        .map(coordinator -> concat(CommandRoutes.create(coordinator, leadership), api))
        .orElseGet(NodeRoutes::standsBy);
  }

  private static Route standsBy() {
    return Directives.pathPrefix(
        "api",
        () ->
            complete(
                JsonResponses.error(
                    StatusCodes.SERVICE_UNAVAILABLE,
                    "this coordinator stands by: ask the one that leads, or try again while one"
                        + " takes over")));
  }

  /** A route that is chosen anew for each request. */
  private static Route perRequest(Supplier<Route> route) {
    return Directives.extractRequest(request -> route.get());
  }
}
