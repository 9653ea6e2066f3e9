package dev.floe.test.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.typesafe.config.ConfigFactory;
import dev.floe.coordinator.http.ApiRoutes;
import dev.floe.coordinator.http.ApiServer;
import dev.floe.coordinator.http.ResultsFeed;
import dev.floe.coordinator.http.SweepDirectory;
import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepFeed;
import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.dashboards.PageRoutes;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import dev.floe.sweeps.results.JobState;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a reader sees and can do, on a finished run and while a sweep goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageTest {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  private ActorTestKit kit;
  private Chromium chromium;
  private ApiServer server;

  @BeforeAll
  void start() {
    chromium = new Chromium();
    kit = ActorTestKit.create(ConfigFactory.load("serve"));
  }

  @AfterEach
  void nothingWentWrongInTheBrowser() {
    List<String> complaints = chromium.complaints();
    closeAll();
    assertThat(complaints).isEmpty();
  }

  @AfterAll
  void stop() {
    if (kit != null) {
      kit.shutdownTestKit();
    }
    if (chromium != null) {
      chromium.close();
    }
  }

  @Test
  void finishedRun_showsEveryJobItsScoresAndWhyOneFailed() throws Exception {
    Page page = open(finishedRun(), 1440, 1000, ColorScheme.LIGHT);

    assertThat(page.locator("h1")).hasText("quickstart");
    assertThat(page.locator("floe-header .pill")).hasText("finished");
    assertThat(rows(page)).hasCount(12);
    assertThat(page.locator(".tile.frozen .value")).hasText("2.0%");
    assertThat(row(page, 3).locator(".pill")).hasText("done");
    assertThat(row(page, 5).locator(".reason")).containsText("could not allocate");
    assertThat(row(page, 7).locator(".pill")).hasText("diverged");
    assertThat(page.locator("tr.best")).hasCount(1);
    assertThat(page.locator("tr.best")).hasAttribute("data-job", "11");
    assertThat(page.locator(".lines path")).hasCount(11);
  }

  @Test
  void columnHeadPressed_sortsAndTurnsRoundAndKeepsMissingValuesLast() throws Exception {
    Page page = open(finishedRun(), 1440, 1000, ColorScheme.LIGHT);
    Locator head = page.locator("th[data-column=score]");

    head.locator("button").click();
    assertThat(head).hasAttribute("aria-sort", "descending");
    assertThat(rows(page).first()).hasAttribute("data-job", "11");
    assertThat(rows(page).last().locator("td.score")).hasText("–");

    head.locator("button").press("Enter");
    assertThat(head).hasAttribute("aria-sort", "ascending");
    assertThat(rows(page).first().locator("td.score")).hasText("40.9%");
    assertThat(rows(page).last().locator("td.score")).hasText("–");
  }

  @Test
  void otherAxesChosen_heatmapShowsTheMeansOverTheRest() throws Exception {
    Page page = open(finishedRun(), 1440, 1000, ColorScheme.LIGHT);
    Locator heat = page.locator("floe-heatmap");
    assertThat(heat.locator("td.cell")).hasCount(6);
    String before = heat.locator("table").innerText();

    heat.getByLabel("Columns of the heatmap").selectOption("adapter.rank");
    assertThat(heat.locator("thead")).containsText("16");
    assertThat(heat.locator("table")).not().hasText(before);
    // series at rank 16: one job failed and one diverged, so the cell says so instead of a value
    assertThat(heat.locator("td.cell.none")).containsText("1 failed");

    heat.getByLabel("Rows of the heatmap").selectOption("seed");
    assertThat(heat.locator("td.cell")).hasCount(2);
    assertThat(heat.locator("td.cell small").first()).containsText("n = 6");
    assertThat(heat.locator(".reference")).containsText("2.0%");
  }

  @Test
  void stateChosen_tableShowsOnlyThoseJobs() throws Exception {
    Page page = open(finishedRun(), 1440, 1000, ColorScheme.LIGHT);
    page.locator(".filters button[data-state=failed]").click();
    assertThat(rows(page)).hasCount(1);
    page.locator(".filters button[data-state=all]").click();
    assertThat(rows(page)).hasCount(12);
  }

  @Test
  void rowClicked_itsCurveStandsOut() throws Exception {
    Page page = open(finishedRun(), 1440, 1000, ColorScheme.LIGHT);
    row(page, 4).click();
    assertThat(row(page, 4).locator("button.job")).hasAttribute("aria-pressed", "true");
    assertThat(page.locator(".lines path.chosen")).hasAttribute("data-job", "4");
    assertThat(page.locator("floe-loss-curves .detail"))
        .containsText("series · attention · rank 4");

    row(page, 4).locator("button.job").press("Enter");
    assertThat(page.locator(".lines path.chosen")).hasCount(0);
  }

  @Test
  void pointerOverTheCurves_tipNamesTheJob() throws Exception {
    Page page = open(finishedRun(), 1440, 1000, ColorScheme.LIGHT);
    assertThat(page.locator(".lines path")).hasCount(11);
    Locator plot = page.locator(".plot");
    plot.hover(new Locator.HoverOptions().setPosition(300, 230));
    page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve("tip.png")));
    assertThat(page.locator(".tip")).containsText(Pattern.compile("job \\d+ .*step \\d+, loss"));
    plot.click(new Locator.ClickOptions().setPosition(300, 230));
    assertThat(page.locator("tr.selected")).hasCount(1);
  }

  @Test
  void smoothingSwitchedOff_curvesChange() throws Exception {
    Page page = open(finishedRun(), 1440, 1000, ColorScheme.LIGHT);
    Locator curve = page.locator(".lines path[data-job='0']");
    String smooth = curve.getAttribute("d");
    page.getByText("smooth").click();
    assertThat(curve).not().hasAttribute("d", smooth);
  }

  @Test
  void sweepGoesOn_pageFollowsWithoutReload() throws Exception {
    DrivenFeed feed = new DrivenFeed(kit.system(), Scenes.fresh("live", 1));
    Page page = open(SweepDirectory.of("live", feed), 1440, 1000, ColorScheme.LIGHT);
    page.evaluate("window.untouched = true");
    assertThat(row(page, 0).locator(".pill")).hasText("pending");
    assertThat(page.locator(".plot .empty")).isVisible();
    assertThat(page.locator("floe-heatmap .cell.none").first()).containsText("pending");

    JobView job = feed.view().job(0);
    feed.tell(new SweepUpdate.JobChanged(Scenes.running(job, 10)));
    assertThat(row(page, 0).locator(".pill")).hasText("training");
    feed.tell(progress(0, 11));
    assertThat(row(page, 0).locator(".step")).hasText("11/75");
    assertThat(page.locator(".lines path")).hasCount(1);

    feed.tell(new SweepUpdate.JobChanged(Scenes.done(job, 0.61)));
    assertThat(row(page, 0).locator("td.score")).containsText("61.0%");
    assertThat(page.locator("floe-heatmap .cell b").first()).hasText("61.0%");
    assertThat(page.locator(".tile.jobs .value")).hasText("1 / 12");

    feed.tell(
        new SweepUpdate.JobChanged(
            failed(
                feed.view().job(1),
                "series: no module is named q_projj; there are q_proj, v_proj")));
    assertThat(row(page, 1).locator(".reason")).containsText("q_projj");
    feed.tell(new SweepUpdate.PhaseChanged(SweepPhase.FINISHED, Instant.now()));
    assertThat(page.locator("floe-header .pill")).hasText("finished");
    assertThat(page.evaluate("window.untouched")).isEqualTo(true);
  }

  @Test
  void connectionCut_pageComesBackWithWhatItMissed() throws Exception {
    DrivenFeed feed = new DrivenFeed(kit.system(), Scenes.fresh("cut", 1));
    Page page = open(SweepDirectory.of("cut", feed), 1440, 1000, ColorScheme.LIGHT);
    assertThat(rows(page)).hasCount(12);

    feed.cut();
    assertThat(page.locator(".notice.lost")).containsText("Connection lost");
    feed.tell(new SweepUpdate.JobChanged(Scenes.done(feed.view().job(2), 0.5)));
    assertThat(row(page, 2).locator("td.score")).containsText("50.0%");
    assertThat(page.locator(".notice")).hasCount(0);
  }

  @Test
  void noSweepYet_pageWaitsForTheFirst() throws Exception {
    Map<String, SweepFeed> sweeps = new ConcurrentHashMap<>();
    Page page = open(() -> sweeps, 1440, 700, ColorScheme.LIGHT);
    assertThat(page.locator(".notice")).containsText("No sweep here yet");
    screenshot(page, "no-sweep");

    sweeps.put("first", new DrivenFeed(kit.system(), Scenes.fresh("first", 1)));
    assertThat(rows(page)).hasCount(12);
    assertThat(page.locator(".notice")).hasCount(0);
  }

  @Test
  void serverOfAFinishedRunGone_pictureStaysAndSaysHowToSeeItAgain() throws Exception {
    Page page = open(finishedRun(), 1440, 700, ColorScheme.DARK);
    assertThat(rows(page)).hasCount(12);
    server.close();
    assertThat(page.locator(".notice.rest")).containsText("floe serve DIR");
    assertThat(rows(page)).hasCount(12);
    screenshot(page, "server-gone");
    // the browser itself logs each refused connection: these complaints are not the page's
    closeAll();
  }

  @Test
  void thousandJobs_tableIsPagedAndStaysUpToDate() throws Exception {
    DrivenFeed feed = new DrivenFeed(kit.system(), Scenes.fresh("large", 84));
    for (JobView job : feed.view().jobs()) {
      if (job.index() < 900) {
        feed.tell(new SweepUpdate.JobChanged(Scenes.done(job, 0.3 + 0.0005 * job.index())));
      }
    }
    Page page = open(SweepDirectory.of("large", feed), 1440, 1000, ColorScheme.LIGHT);
    assertThat(rows(page)).hasCount(50);
    assertThat(page.locator(".lines path")).hasCount(900);
    page.getByText("next →").click();
    assertThat(rows(page).first()).hasAttribute("data-job", "50");

    for (int step = 1; step <= Scenes.STEPS; step++) {
      for (int index = 900; index < 908; index++) {
        feed.tell(
            step == 1
                ? new SweepUpdate.JobChanged(Scenes.running(feed.view().job(index), 1))
                : progress(index, step));
      }
    }
    page.locator(".filters button[data-state=running]").click();
    assertThat(rows(page)).hasCount(8);
    assertThat(row(page, 907).locator(".step")).hasText("75/75");
    screenshot(page, "thousand-jobs");
  }

  @Test
  void lightAndDarkWideAndNarrow_screenshots() throws Exception {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      String name = scheme.name().toLowerCase(Locale.ROOT);
      for (int width : List.of(1440, 400)) {
        DrivenFeed feed = new DrivenFeed(kit.system(), Scenes.fresh("scene", 1));
        midway(feed);
        Page page = open(SweepDirectory.of("scene", feed), width, 1000, scheme);
        assertThat(rows(page)).hasCount(12);
        row(page, 8).click();
        screenshot(page, "live-" + name + "-" + width);
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
        closeAll();
        Page finished = open(finishedRun(), width, 1000, scheme);
        assertThat(rows(finished)).hasCount(12);
        screenshot(finished, "finished-" + name + "-" + width);
        closeAll();
      }
    }
  }

  private static void midway(DrivenFeed feed) {
    double[] scores = {0.522, 0.597, 0.661, 0.734, 0.413};
    for (int index = 0; index < scores.length; index++) {
      feed.tell(new SweepUpdate.JobChanged(Scenes.done(feed.view().job(index), scores[index])));
    }
    feed.tell(
        new SweepUpdate.JobChanged(
            failed(
                feed.view().job(5),
                "the device could not allocate 512 MiB even at micro-batch 1")));
    for (int index = 6; index < 10; index++) {
      feed.tell(
          new SweepUpdate.JobChanged(Scenes.running(feed.view().job(index), 20 + 9 * (index - 5))));
    }
  }

  private static JobView failed(JobView job, String message) {
    JobFailure failure = new JobFailure(JobFailure.Kind.INVALID, message, "");
    return new JobView(
        job.index(), JobState.FAILED, 1, job.parameters(), null, null, List.of(), null, failure);
  }

  private static SweepUpdate progress(int job, int step) {
    double loss = Scenes.loss(job, step);
    return new SweepUpdate.JobProgressed(
        job,
        new Progress(Progress.Phase.TRAINING, step, Scenes.STEPS, loss, 5400),
        List.of(new LossPoint(step, loss)));
  }

  private static SweepDirectory finishedRun() throws IOException, URISyntaxException {
    Path directory =
        Path.of(PageTest.class.getResource("finished/results.json").toURI()).getParent();
    ResultsFeed feed = ResultsFeed.of(directory);
    return SweepDirectory.of(feed.id(), (SweepFeed) feed);
  }

  private Page open(SweepDirectory directory, int width, int height, ColorScheme scheme)
      throws IOException {
    server =
        ApiServer.start(
            kit.system(),
            "127.0.0.1",
            0,
            ApiRoutes.create(directory, Clock.systemUTC()),
            PageRoutes.create());
    return chromium.open(server.uri(), width, height, scheme);
  }

  /** Windows first: a page whose server goes away rightly complains. */
  private void closeAll() {
    chromium.closeWindows();
    if (server != null) {
      server.close();
      server = null;
    }
  }

  private static void screenshot(Page page, String name) {
    // What is drawn after a pause (heatmap, order) and what is animated has settled by then.
    page.waitForTimeout(1200);
    page.screenshot(
        new Page.ScreenshotOptions().setFullPage(true).setPath(SCREENSHOTS.resolve(name + ".png")));
  }

  private static Locator rows(Page page) {
    return page.locator("floe-job-table tbody tr");
  }

  private static Locator row(Page page, int job) {
    return page.locator("floe-job-table tbody tr[data-job='" + job + "']");
  }
}
