package dev.floe.cli.node;

import dev.floe.cli.BadInputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Looks at ports before anything is started on them. */
public final class Ports {
  private Ports() {}

  /**
   * Refuses an address that this machine does not have, and a port that another program holds.
   *
   * @param option what the user wrote it with
   */
  public static void refuseTaken(String option, Endpoint at) throws BadInputException {
    if (at.port() == 0) {
      return;
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true); // connections that were closed a moment ago do not count
      socket.bind(new InetSocketAddress(InetAddress.getByName(at.host()), at.port()));
    } catch (UnknownHostException e) {
      throw new BadInputException(
          option + ": " + at.host() + " is not a name or address that can be found", e);
    } catch (IOException e) {
      throw new BadInputException(
          "%s: %s cannot be listened on: another program holds the port, or the address is not this machine's"
              .formatted(option, at),
          e);
    }
  }

  /** Whether only this machine reaches the host. */
  public static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
