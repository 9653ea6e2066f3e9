package dev.floe.coordinator.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/**
 * Who may ask a server. Without a token: programs of this machine, which name it as their host; a
 * page from elsewhere whose name was made to resolve to this machine (DNS rebinding) still sends
 * that name. With a token: whoever knows it, as a bearer, or as the password when a browser asks.
 *
 * <p>What changes something is refused when another site's page sent it: its JSON would have needed
 * a preflight, which nothing here answers, and browsers say where a request comes from.
 */
public final class Access {
  private static final Set<String> HOSTS =
      Set.of("localhost", "127.0.0.1", "::1", "[::1]", "0:0:0:0:0:0:0:1");

  /** Probes of an orchestrator know no token; they say nothing but yes or no. */
  private static final Set<String> OPEN = Set.of("/alive", "/ready");

  /** Methods that change nothing. */
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";

  private final byte[] token; // null when only this machine may ask

  private Access(byte[] token) {
    this.token = token;
  }

  /** Only programs of this machine. */
  public static Access ofThisMachine() {
    return new Access(null);
  }

  /** Whoever knows the token, which is not blank. */
  public static Access withToken(String token) {
    if (token.isBlank()) {
      throw new IllegalArgumentException("a token is not blank");
    }
    return new Access(token.getBytes(StandardCharsets.UTF_8));
  }

  boolean needsToken() {
    return token != null;
  }

  /** Why a request is refused; empty when it is not. */
  Optional<HttpResponse> refusal(HttpRequest request) {
    String host = request.getUri().host().address();
    if (token == null && !HOSTS.contains(host)) {
      return Optional.of(
          JsonResponses.error(
              StatusCodes.MISDIRECTED_REQUEST,
              "this server answers to localhost and 127.0.0.1 only, not to " + host));
    }
    if (token != null && !OPEN.contains(request.getUri().path()) && !knowsToken(request)) {
      return Optional.of(
          JsonResponses.error(
                  StatusCodes.UNAUTHORIZED,
                  "a token is needed: set FLOE_TOKEN to the coordinator's, or give --token")
              .addHeader(RawHeader.create("WWW-Authenticate", "Basic realm=\"floe\"")));
    }
    boolean asks = READING.contains(request.method().value());
    return asks ? Optional.empty() : crossSite(request);
  }

  private static Optional<HttpResponse> crossSite(HttpRequest request) {
    String site = header(request, "Sec-Fetch-Site").orElse("same-origin");
    String authority = header(request, "Host").orElse("");
    String origin = header(request, "Origin").orElse("http://" + authority);
    boolean ownPage = site.equals("same-origin") && origin.endsWith("://" + authority);
    if (!ownPage) {
      return Optional.of(
          JsonResponses.error(StatusCodes.FORBIDDEN, "another site may change nothing here"));
    }
    boolean json =
        request.entity().getContentType().mediaType().equals(MediaTypes.APPLICATION_JSON);
    return json
        ? Optional.empty()
        : Optional.of(
            JsonResponses.error(
                StatusCodes.UNSUPPORTED_MEDIA_TYPE,
                "what changes something is sent as Content-Type: application/json"));
  }

  private boolean knowsToken(HttpRequest request) {
    String given = header(request, "Authorization").orElse("");
    if (given.startsWith(BEARER)) {
      return isToken(given.substring(BEARER.length()));
    }
    if (!given.startsWith(BASIC)) {
      return false;
    }
    try {
      byte[] pair = Base64.getDecoder().decode(given.substring(BASIC.length()));
      String text = new String(pair, StandardCharsets.UTF_8);
      return isToken(text.substring(text.indexOf(':') + 1));
    } catch (IllegalArgumentException e) {
      return false; // not base64
    }
  }

  private boolean isToken(String given) {
    return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), token);
  }

  private static Optional<String> header(HttpRequest request, String name) {
    return request.getHeader(name).map(found -> found.value());
  }
}
