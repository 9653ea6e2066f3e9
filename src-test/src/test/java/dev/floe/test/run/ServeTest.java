package dev.floe.test.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code floe serve} over the files of a sweep that ran before. */
class ServeTest {
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/");

  @TempDir private Path directory;

  @Test
  void resultsOfAnEarlierRun_areServed() throws IOException, InterruptedException {
    Files.writeString(
        directory.resolve("results.json"),
        """
        {"sweep": "words", "id": "0123abcd", "backbone": "/models/small",
         "baseline": {"metrics": {}},
         "jobs": [{"job": 0, "parameters": {"adapter.type": "lora"}, "state": "done",
                   "attempts": 1, "losses": [2.0, 1.5], "metrics": {"test.accuracy": 0.5}}]}
        """);
    try (FloeProcess serve = FloeProcess.start("serve", directory, "--port", 0)) {
      serve.awaitError(" shows ");
      Matcher address = ADDRESS.matcher(serve.errors());
      assertThat(address.find()).isTrue();
      String sweeps = get(address.group() + "api/sweeps");
      assertThat(sweeps).contains("\"id\":\"0123abcd\"", "\"state\":\"done\"");
      assertThat(get(address.group())).contains("<html");
    }
  }

  private static String get(String address) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString())
        .body();
  }
}
