package dev.floe.worker;

import dev.floe.worker.data.TextTokenizer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** The small tokenizer among the test resources: 400 tokens, 1 is bos, 2 is eos. */
public final class TestTokenizer {
  public static final int VOCABULARY = 400;

  private TestTokenizer() {}

  public static Path directory() {
    try {
      return Path.of(TestTokenizer.class.getResource("/tokenizer").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static TextTokenizer open() throws IOException {
    return TextTokenizer.open(directory(), VOCABULARY);
  }
}
