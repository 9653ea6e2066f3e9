package dev.floe.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.http.javadsl.Http;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageRoutesTest {
  private static final Pattern REFERENCE = Pattern.compile("(?:src|href)=\"(/[^\"]+)\"");
  private static final Pattern IMPORT = Pattern.compile("(?m)^import .*?'\\./([^']+)'");

  private final HttpClient client = HttpClient.newHttpClient();
  private ActorTestKit kit;
  private URI root;

  @BeforeAll
  void serve() throws Exception {
    kit = ActorTestKit.create();
    InetSocketAddress at =
        Http.get(kit.system())
            .newServerAt("127.0.0.1", 0)
            .bind(PageRoutes.create())
            .toCompletableFuture()
            .get()
            .localAddress();
    root = URI.create("http://127.0.0.1:" + at.getPort() + "/");
  }

  @AfterAll
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void page_namesOnlyFilesThatAreServed() throws Exception {
    HttpResponse<String> page = get("");
    assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    List<String> references =
        REFERENCE.matcher(page.body()).results().map(m -> m.group(1)).toList();
    assertThat(references).contains("/assets/main.js", "/webjars/d3/d3.min.js");
    for (String reference : references) {
      if (!reference.startsWith("/api")) {
        assertThat(get(reference.substring(1)).statusCode()).as(reference).isEqualTo(200);
      }
    }
  }

  @Test
  void modules_importOnlyFilesThatAreServed() throws Exception {
    for (String module :
        List.of(
            "main.js",
            "job-table.js",
            "job-row.js",
            "loss-curves.js",
            "heatmap.js",
            "store.js",
            "sweep-header.js",
            "notice.js",
            "curve.js",
            "columns.js")) {
      Matcher imports = IMPORT.matcher(get("assets/" + module).body());
      while (imports.find()) {
        HttpResponse<String> imported = get("assets/" + imports.group(1));
        assertThat(imported.statusCode())
            .as(module + " imports " + imports.group(1))
            .isEqualTo(200);
        assertThat(imported.headers().firstValue("Content-Type").orElseThrow())
            .startsWith("application/javascript");
      }
    }
  }

  @Test
  void pathsToAnythingElse_areNotFound() throws Exception {
    for (String path :
        List.of(
            "assets/",
            "assets/index.html",
            "assets/nothing.js",
            "assets/%2e%2e/PageRoutes.class",
            "assets/..%2FPageRoutes.class",
            "webjars/d3/LICENSE",
            "webjars/d3/7.9.0/dist/d3.js",
            "META-INF/MANIFEST.MF")) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(404);
    }
  }

  @Test
  void unchangedFileAskedForAgain_isNotSentAgain() throws Exception {
    String tag = get("webjars/d3/d3.min.js").headers().firstValue("ETag").orElseThrow();
    HttpRequest again =
        HttpRequest.newBuilder(root.resolve("webjars/d3/d3.min.js"))
            .header("If-None-Match", tag)
            .build();
    assertThat(client.send(again, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(304);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(root.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
  }
}
