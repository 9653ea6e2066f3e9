package dev.floe.coordinator.http;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.extractRequest;
import static org.apache.pekko.http.javadsl.server.Directives.handleExceptions;
import static org.apache.pekko.http.javadsl.server.Directives.handleRejections;
import static org.apache.pekko.http.javadsl.server.Directives.mapResponse;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.ExceptionHandler;
import org.apache.pekko.http.javadsl.server.MethodRejection;
import org.apache.pekko.http.javadsl.server.Rejection;
import org.apache.pekko.http.javadsl.server.RejectionHandler;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.server.UnacceptedResponseContentTypeRejection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What holds for every route of a server: only requests that {@link Access} lets pass, JSON for
 * every error, and headers that keep the page to its own origin.
 */
final class Guard {
  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

  private static final List<HttpHeader> HEADERS =
      List.of(
          RawHeader.create(
              "Content-Security-Policy",
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                  + "connect-src 'self'; base-uri 'none'; form-action 'none'; "
                  + "frame-ancestors 'none'"),
          RawHeader.create("X-Content-Type-Options", "nosniff"),
          RawHeader.create("Referrer-Policy", "no-referrer"),
          RawHeader.create("Cross-Origin-Opener-Policy", "same-origin"),
          RawHeader.create("Cross-Origin-Resource-Policy", "same-origin"));

  private Guard() {}

  static Route around(Access access, Route inner) {
    return mapResponse(
        response -> response.addHeaders(HEADERS),
        () ->
            handleExceptions(
                exceptions(), () -> handleRejections(rejections(), () -> allowed(access, inner))));
  }

  private static Route allowed(Access access, Route inner) {
    return extractRequest(
        request -> access.refusal(request).<Route>map(r -> complete(r)).orElse(inner));
  }

  private static RejectionHandler rejections() {
    return RejectionHandler.newBuilder()
        .handleAll(
            MethodRejection.class,
            refused ->
                complete(
                    JsonResponses.error(
                            StatusCodes.METHOD_NOT_ALLOWED,
                            "only " + methods(refused) + " is allowed")
                        .addHeader(RawHeader.create("Allow", methods(refused)))))
        .handleAll(
            UnacceptedResponseContentTypeRejection.class,
            refused ->
                complete(
                    JsonResponses.error(
                        StatusCodes.NOT_ACCEPTABLE,
                        "this answers in text/event-stream, which the Accept header rules out")))
        .handle(
            Rejection.class,
            refused ->
                complete(
                    JsonResponses.error(
                        StatusCodes.BAD_REQUEST, "the request is not understood: " + refused)))
        .handleNotFound(
            complete(
                JsonResponses.error(
                    StatusCodes.NOT_FOUND, "there is nothing here; the sweeps are at /api/sweeps")))
        .build();
  }

  private static String methods(List<MethodRejection> refused) {
    return refused.stream()
        .map(rejection -> rejection.supported().value())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static ExceptionHandler exceptions() {
    return ExceptionHandler.newBuilder()
        .matchAny(
            failure -> {
              LOG.error("a request failed", failure);
              return complete(
                  JsonResponses.error(
                      StatusCodes.INTERNAL_SERVER_ERROR, "the server failed; its log says why"));
            })
        .build();
  }
}
