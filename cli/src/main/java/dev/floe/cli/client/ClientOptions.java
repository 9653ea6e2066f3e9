package dev.floe.cli.client;

import dev.floe.cli.BadInputException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of every command that asks a coordinator. */
final class ClientOptions {
  @Option(
      names = "--url",
      paramLabel = "URL",
      split = ",",
      defaultValue = "http://127.0.0.1:8080",
      description = {
        "The coordinator's API, its --http; default ${DEFAULT-VALUE}. With standbys, list them"
            + " all:",
        "the one that leads is asked."
      })
  private List<String> urls = List.of();

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      defaultValue = "${env:FLOE_TOKEN}",
      description = "What the coordinator wants to hear off loopback; default FLOE_TOKEN.")
  private String token;

  @Option(names = "--json", description = "Print JSON for machines.")
  private boolean json;

  boolean json() {
    return json;
  }

  ApiClient client() throws BadInputException {
    List<URI> uris = new ArrayList<>();
    for (String url : urls) {
      uris.add(uri(url));
    }
    return new ApiClient(uris, token);
  }

  private static URI uri(String url) throws BadInputException {
    try {
      URI uri = URI.create(url.endsWith("/") ? url : url + "/");
      if (uri.getHost() != null && uri.getScheme().matches("https?")) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new BadInputException("--url: '" + url + "' is not a URL", e);
    }
    throw new BadInputException("--url: '" + url + "' is not like http://127.0.0.1:8080");
  }
}
