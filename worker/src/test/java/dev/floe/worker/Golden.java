package dev.floe.worker;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** The golden fixtures among the test resources. */
public final class Golden {
  private Golden() {}

  /** A file or directory of the fixtures, such as {@code llama/model}. */
  public static Path path(String relative) {
    try {
      return Path.of(Golden.class.getResource("/golden").toURI()).resolve(relative);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
