package dev.floe.cli.node;

import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A host and a port, written {@code HOST:PORT}.
 *
 * @param host a name or an address, an IPv6 one in brackets
 * @param port from 0, which means any free one
 */
public record Endpoint(String host, int port) {
  private static final int LARGEST_PORT = 65_535;

  /**
   * Reads {@code HOST:PORT}.
   *
   * @throws IllegalArgumentException with one line for the user
   */
  public static Endpoint parse(String text) {
    try {
      URI uri = new URI("floe://" + text);
      boolean only = uri.getRawPath().isEmpty() && uri.getRawUserInfo() == null;
      if (uri.getHost() != null && only && uri.getPort() >= 0 && uri.getPort() <= LARGEST_PORT) {
        return new Endpoint(uri.getHost(), uri.getPort());
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(explain(text), e);
    }
    throw new IllegalArgumentException(explain(text));
  }

  private static String explain(String text) {
    return "'" + text + "' is not HOST:PORT, such as 127.0.0.1:25520";
  }

  /** Reads an option's value. */
  static final class Converter implements ITypeConverter<Endpoint> {
    @Override
    public Endpoint convert(String value) {
      try {
        return parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
