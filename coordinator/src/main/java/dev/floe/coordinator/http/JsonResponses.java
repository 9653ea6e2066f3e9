package dev.floe.coordinator.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.CacheControl;
import org.apache.pekko.http.javadsl.model.headers.CacheDirectives;

/** Responses with a JSON body, never cached. */
public final class JsonResponses {
  private JsonResponses() {}

  /** A body that was asked for. */
  public static HttpResponse ok(JsonNode body) {
    return response(StatusCodes.OK, body);
  }

  /**
   * An error as {@code {"status": 404, "error": "…"}}.
   *
   * @param message one line: what is wrong, and what there is instead
   */
  public static HttpResponse error(StatusCode status, String message) {
    return response(
        status,
        JsonNodeFactory.instance
            .objectNode()
            .put("status", status.intValue())
            .put("error", message));
  }

  private static HttpResponse response(StatusCode status, JsonNode body) {
    return HttpResponse.create()
        .withStatus(status)
        .addHeader(CacheControl.create(CacheDirectives.NO_STORE))
        .withEntity(ContentTypes.APPLICATION_JSON, body.toString());
  }
}
