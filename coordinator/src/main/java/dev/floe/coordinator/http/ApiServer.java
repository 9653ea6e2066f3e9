package dev.floe.coordinator.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.settings.ServerSettings;

/** A running HTTP server: on loopback for this machine alone, elsewhere for who knows a token. */
public final class ApiServer implements AutoCloseable {
  private static final long BIND_SECONDS = 10;

  /** Open event streams end when it is over: no request here is worth waiting for longer. */
  private static final Duration GRACE = Duration.ofMillis(300);

  private final ServerBinding binding;

  private ApiServer(ServerBinding binding) {
    this.binding = binding;
  }

  /**
   * Serves routes until {@link #close}.
   *
   * @param host a name or address of this machine's loopback interface
   * @param port 0 for any free one
   * @throws IOException with one clear line when the address is not loopback or the port is taken
   */
  public static ApiServer start(ActorSystem<?> system, String host, int port, Route... routes)
      throws IOException {
    return start(system, host, port, Access.ofThisMachine(), routes);
  }

  /**
   * Serves routes to those who have access until {@link #close}.
   *
   * @param host a name or address of this machine; of loopback when the access knows no token
   * @param port 0 for any free one
   * @throws IOException with one clear line when host and access do not fit or the port is taken
   */
  public static ApiServer start(
      ActorSystem<?> system, String host, int port, Access access, Route... routes)
      throws IOException {
    InetAddress address = address(host, access);
    Route all = Guard.around(access, Directives.concat(Directives.reject(), routes));
    ServerSettings settings =
        ServerSettings.create(system.classicSystem()).withServerHeader(Optional.empty());
    try {
      return new ApiServer(
          Http.get(system)
              .newServerAt(address.getHostAddress(), port)
              .withSettings(settings)
              .bind(all)
              .toCompletableFuture()
              .get(BIND_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(
          host
              + ":"
              + port
              + " cannot be listened on: another program may hold it; choose another"
              + " port, or 0 for any free one",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting the server", e);
    }
  }

  /** Where a browser finds the server, such as {@code http://127.0.0.1:8080/}. */
  public URI uri() {
    InetSocketAddress at = binding.localAddress();
    String host = at.getAddress().getHostAddress();
    return URI.create("http://" + (host.contains(":") ? "[::1]" : host) + ":" + at.getPort() + "/");
  }

  /** Stops listening and ends what is open; returns when that is done, within about a second. */
  @Override
  public void close() {
    try {
      binding
          .terminate(GRACE)
          .toCompletableFuture()
          .get(GRACE.multipliedBy(5).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // The port is free either way; what is still open ends with the actor system.
      binding.unbind();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static InetAddress address(String host, Access access) throws IOException {
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new IOException(host + " is not a name or address of this machine", e);
    }
    if (!address.isLoopbackAddress() && !access.needsToken()) {
      throw new IOException(
          host
              + " is not loopback, and whoever reaches it could run jobs: set a token, or use"
              + " 127.0.0.1");
    }
    return address;
  }
}
