package dev.floe.coordinator.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.coordinator.Samples;
import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import dev.floe.sweeps.results.JobState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SweepBoardTest {
  private final ActorTestKit kit = ActorTestKit.create();
  private final ActorRef<SweepBoard.Message> board = kit.spawn(SweepBoard.create());
  private final BoardFeed feed = new BoardFeed(board, kit.system());

  @AfterEach
  void shutDown() {
    kit.shutdownTestKit();
  }

  @Test
  void view_isAnsweredOnceThereIsOne() throws Exception {
    var current = feed.current().toCompletableFuture();
    assertThat(current).isNotDone();
    publish(new SweepUpdate.Snapshot(view()));
    assertThat(current.get(20, TimeUnit.SECONDS)).isEqualTo(view());
    publish(changed(0, JobState.RUNNING));
    assertThat(feed.current().toCompletableFuture().get(20, TimeUnit.SECONDS).job(0).state())
        .isEqualTo(JobState.RUNNING);
  }

  @Test
  void subscription_startsWithASnapshotAndMissesNothing() {
    publish(new SweepUpdate.Snapshot(view()));
    publish(changed(0, JobState.RUNNING));
    SinkQueueWithCancel<SweepUpdate> taken = subscribe();
    assertThat(next(taken))
        .isEqualTo(new SweepUpdate.Snapshot(view().after(changed(0, JobState.RUNNING))));
    publish(changed(0, JobState.DONE));
    assertThat(next(taken)).isEqualTo(changed(0, JobState.DONE));
  }

  @Test
  void slowSubscriber_getsProgressMergedAndEveryChange() {
    publish(new SweepUpdate.Snapshot(view()));
    SinkQueueWithCancel<SweepUpdate> slow = subscribe();
    next(slow);
    publish(changed(0, JobState.RUNNING));
    int steps = 1000;
    for (int step = 1; step <= steps; step++) {
      publish(progressed(0, step));
    }
    publish(changed(1, JobState.RUNNING));
    current(); // all of it has reached the board

    SweepView folded = view();
    int elements = 0;
    while (folded.job(1).state() != JobState.RUNNING) {
      folded = folded.after(next(slow));
      elements++;
    }
    assertThat(folded).isEqualTo(current());
    assertThat(folded.job(0).losses()).hasSize(steps);
    assertThat(elements).isLessThan(steps / 2);
  }

  @Test
  void lateProgress_isNotPassedOn() {
    publish(new SweepUpdate.Snapshot(view()));
    SinkQueueWithCancel<SweepUpdate> taken = subscribe();
    next(taken);
    publish(progressed(0, 1)); // of a job that does not run
    publish(changed(0, JobState.RUNNING));
    assertThat(next(taken)).isEqualTo(changed(0, JobState.RUNNING));
  }

  @Test
  void finishedSweep_completesOldAndNewSubscriptions() {
    publish(new SweepUpdate.Snapshot(view()));
    SinkQueueWithCancel<SweepUpdate> old = subscribe();
    SweepUpdate finished = new SweepUpdate.PhaseChanged(SweepPhase.FINISHED, Samples.NOON);
    next(old);
    publish(finished);
    assertThat(next(old)).isEqualTo(finished);
    assertThat(pull(old)).isEmpty();

    SinkQueueWithCancel<SweepUpdate> late = subscribe();
    assertThat(((SweepUpdate.Snapshot) next(late)).view().phase()).isEqualTo(SweepPhase.FINISHED);
    assertThat(pull(late)).isEmpty();
  }

  @Test
  void oneFeed_servesManySubscribersAndForgetsThoseThatLeave() {
    publish(new SweepUpdate.Snapshot(view()));
    var updates = feed.updates(); // one blueprint, two subscriptions
    SinkQueueWithCancel<SweepUpdate> first = updates.runWith(Sink.queue(), kit.system());
    SinkQueueWithCancel<SweepUpdate> second = updates.runWith(Sink.queue(), kit.system());
    next(first);
    next(second);
    first.cancel();
    publish(changed(0, JobState.RUNNING));
    assertThat(next(second)).isEqualTo(changed(0, JobState.RUNNING));
    board.tell(SweepBoard.Close.INSTANCE);
    assertThat(pull(second)).isEmpty();
    kit.createTestProbe().expectTerminated(board);
  }

  private void publish(SweepUpdate update) {
    board.tell(new SweepBoard.Publish(update));
  }

  private SweepView current() {
    return feed.current().toCompletableFuture().join();
  }

  /** A subscription that takes an element only when it is pulled, but for one in its buffer. */
  private SinkQueueWithCancel<SweepUpdate> subscribe() {
    return feed.updates()
        .runWith(
            Sink.<SweepUpdate>queue().withAttributes(Attributes.inputBuffer(1, 1)), kit.system());
  }

  private static SweepUpdate next(SinkQueueWithCancel<SweepUpdate> queue) {
    return pull(queue).orElseThrow();
  }

  private static Optional<SweepUpdate> pull(SinkQueueWithCancel<SweepUpdate> queue) {
    return queue.pull().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static SweepView view() {
    return new SweepView(
        "s",
        "sample",
        "/models/small",
        "/out",
        SweepPhase.RUNNING,
        Samples.NOON,
        null,
        JobView.pending(-1, Map.of()),
        List.of(JobView.pending(0, Map.of()), JobView.pending(1, Map.of())));
  }

  private static SweepUpdate progressed(int job, int step) {
    return new SweepUpdate.JobProgressed(
        job,
        new Progress(Progress.Phase.TRAINING, step, 1000, 1.0 / step, 50),
        List.of(new LossPoint(step, 1.0 / step)));
  }

  private static SweepUpdate changed(int job, JobState state) {
    return new SweepUpdate.JobChanged(
        new JobView(job, state, 1, Map.of(), null, null, List.of(), null, null));
  }
}
