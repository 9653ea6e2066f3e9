package dev.floe.dashboards;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.conditional;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.pathEndOrSingleSlash;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import java.util.List;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.CacheControl;
import org.apache.pekko.http.javadsl.model.headers.CacheDirectives;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * The page at {@code /} with its files below {@code /assets} and {@code /webjars}. Only the files
 * named here are served, each read from the class path once; a path is never taken apart to find
 * one. The page lives on the API below {@code /api/sweeps} of the same server.
 */
public final class PageRoutes {
  private static final List<String> ASSETS =
      List.of(
          "charts.css",
          "columns.js",
          "curve.js",
          "dom.js",
          "feed.js",
          "format.js",
          "header.css",
          "heatmap.js",
          "icon.svg",
          "job-row.js",
          "job-table.js",
          "loss-curves.js",
          "main.js",
          "notice.js",
          "page.css",
          "palette.css",
          "palette.js",
          "store.js",
          "sweep-header.js",
          "table.css");

  private PageRoutes() {}

  /**
   * The page's routes.
   *
   * @throws IllegalStateException when a file is missing from the class path: a broken build
   */
  public static Route create() {
    Route page = pathEndOrSingleSlash(() -> serve(PageFile.ofPage("index.html")));
    Route d3 =
        path(
            segment("webjars").slash("d3").slash("d3.min.js"),
            () -> serve(PageFile.ofWebJar("d3", "dist/d3.min.js")));
    Route[] assets = ASSETS.stream().map(PageRoutes::asset).toArray(Route[]::new);
    return concat(page, d3, concat(Directives.reject(), assets));
  }

  private static Route asset(String name) {
    PageFile file = PageFile.ofPage(name);
    return path(segment("assets").slash(name), () -> serve(file));
  }

  /** Browsers ask every time and are told when nothing changed: an upgrade shows at once. */
  private static Route serve(PageFile file) {
    return get(
        () ->
            conditional(
                file.tag(),
                () ->
                    complete(
                        HttpResponse.create()
                            .addHeader(CacheControl.create(CacheDirectives.NO_CACHE))
                            .withEntity(file.type(), file.content()))));
  }
}
