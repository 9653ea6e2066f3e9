package dev.floe.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.report.Progress;
import dev.floe.protocol.report.Progress.Phase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {
  private final Views.Clock clock = new Views.Clock();
  private final StringWriter text = new StringWriter();

  private ProgressDisplay display(boolean terminal) {
    return ProgressDisplay.on(new PrintWriter(text), terminal, clock);
  }

  /** What was written since the last call. */
  private String written() {
    String written = text.toString();
    text.getBuffer().setLength(0);
    return written;
  }

  @Test
  void plain_tellsEachEndedJobOnce() {
    ProgressDisplay plain = display(false);
    plain.show(Views.sweep(Views.baselineDone(), Views.pending(0), Views.pending(1)));
    assertThat(written()).isEmpty();
    SweepView later = Views.sweep(Views.baselineDone(), Views.done(0), Views.failed(1));
    plain.show(later);
    plain.show(later);
    assertThat(written())
        .isEqualTo(
            """
            job 0 (lora, mlp, rank 4): done, loss 0.2500, test 63.0 %, 12.3 s
            job 1 (lora, mlp, rank 4): failed, it broke
            """);
  }

  @Test
  void plain_tellsHowItGoesEveryTenSeconds() {
    ProgressDisplay plain = display(false);
    plain.show(Views.sweep(Views.baselineDone(), Views.training(0, 0, 100)));
    clock.advance(9);
    plain.show(Views.sweep(Views.baselineDone(), Views.training(0, 10, 100)));
    assertThat(written()).isEmpty();
    clock.advance(1);
    plain.show(Views.sweep(Views.baselineDone(), Views.training(0, 50, 100)));
    assertThat(written())
        .isEqualTo("0/1 jobs, 15 s left; job 0 training 50/100, loss 0.4313, 4,012 tok/s\n");
  }

  @Test
  void plain_doesNotRepeatWhatAnEarlierRunTold() {
    ProgressDisplay plain = display(false);
    SweepView resumed = Views.sweep(Views.baselineDone(), Views.done(0), Views.pending(1));
    plain.show(resumed);
    plain.end(resumed);
    assertThat(written()).isEqualTo("1/2 jobs\n");
  }

  @Test
  void live_drawsItsBlockInPlace() {
    ProgressDisplay live = display(true);
    live.show(Views.sweep(Views.baselineDone(), Views.done(0), Views.training(1, 120, 360)));
    assertThat(written())
        .isEqualTo(
            "\u001b[?7l\u001b[J"
                + "tiny  ━━━━━━━━━━━━━━━─────────  1/2 jobs\n"
                + "  job 1 (lora, mlp, rank 4): training 120/360, loss 0.4313, 4,012 tok/s\n"
                + "\u001b[?7h");
    clock.advance(10);
    live.show(Views.sweep(Views.baselineDone(), Views.done(0), Views.training(1, 240, 360)));
    assertThat(written())
        .startsWith("\u001b[?7l\u001b[2A\r\u001b[Jtiny  ━━━━━━━━━━━━━━━━━")
        .contains("1/2 jobs, 17 s left\n");
    live.end(Views.sweep(Views.baselineDone(), Views.done(0), Views.done(1)));
    assertThat(written())
        .isEqualTo(
            "\u001b[?7l\u001b[2A\r\u001b[Jtiny  " + "━".repeat(24) + "  2/2 jobs\n\u001b[?7h");
  }

  @Test
  void live_drawsAtMostTenTimesASecond() {
    ProgressDisplay live = display(true);
    SweepView view = Views.sweep(Views.baselineDone(), Views.training(0, 1, 2));
    live.show(view);
    written();
    live.show(view);
    assertThat(written()).isEmpty();
  }

  @Test
  void live_countsRunningJobsThatDoNotFit() {
    JobView[] jobs =
        IntStream.range(0, 15).mapToObj(i -> Views.training(i, 1, 2)).toArray(JobView[]::new);
    display(true).show(Views.sweep(Views.baselineDone(), jobs));
    assertThat(written()).contains("job 11 ").doesNotContain("job 12 ").contains("  and 3 more\n");
  }

  @Test
  void runningJob_isDescribedByItsPhase() {
    assertThat(JobLines.progress(Views.running(0, null))).isEqualTo("starting");
    assertThat(
            JobLines.progress(Views.running(0, new Progress(Phase.PREPARING, 0, 0, Double.NaN, 0))))
        .isEqualTo("preparing");
    assertThat(JobLines.progress(Views.running(0, new Progress(Phase.EVALUATING, 4, 10, 0.5, 0))))
        .isEqualTo("evaluating 4/10, loss 0.5000");
  }

  @Test
  void loop_showsTheLastViewBeforeItCloses() throws InterruptedException {
    try (ProgressLoop loop = ProgressLoop.start(display(false))) {
      loop.accept(Views.sweep(Views.baselineDone(), Views.pending(0)));
    }
    assertThat(written()).endsWith("0/1 jobs\n");
  }
}
