package dev.floe.coordinator.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepFeed;
import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.coordinator.view.SweepView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.sse.ServerSentEvent;
import org.apache.pekko.stream.javadsl.Source;

/**
 * A sweep's updates as server-sent events: {@code view} first, the whole picture with thinned
 * curves; then {@code job} for each touched job and {@code sweep} for the summary. A subscriber
 * that comes back begins with {@code view} again, so it never has to know what it missed.
 */
final class EventStream {
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);
  private static final Duration SUMMARY = Duration.ofSeconds(5);

  /** Above this rate the feed merges progress instead: a page redraws no faster. */
  private static final int EVENTS_PER_SECOND = 400;

  private final ViewJson json;
  private final TimeLeft timeLeft;
  private SweepView view;

  private EventStream(ViewJson json, TimeLeft timeLeft) {
    this.json = json;
    this.timeLeft = timeLeft;
  }

  static Source<ServerSentEvent, NotUsed> of(SweepFeed feed, ViewJson json, TimeLeft timeLeft) {
    return Source.lazySource(
            () -> {
              EventStream stream = new EventStream(json, timeLeft);
              return stream.events(feed).concatLazy(Source.lazySource(stream::rest));
            })
        .keepAlive(HEARTBEAT, ServerSentEvent::heartbeat)
        .mapMaterializedValue(ignored -> NotUsed.getInstance());
  }

  private Source<ServerSentEvent, NotUsed> events(SweepFeed feed) {
    Source<Optional<SweepUpdate>, ?> summaries =
        Source.tick(SUMMARY, SUMMARY, Optional.<SweepUpdate>empty());
    boolean untilTheFeedEnds = true;
    return feed.updates()
        .throttle(EVENTS_PER_SECOND, Duration.ofSeconds(1))
        .map(Optional::of)
        .merge(summaries, untilTheFeedEnds)
        .mapConcat(update -> update.map(this::events).orElseGet(this::tick));
  }

  /**
   * What follows the feed's end. A finished sweep's stream stays open, since a browser would
   * reconnect for ever; a feed that ended early is worth a reconnection.
   */
  private Source<ServerSentEvent, NotUsed> rest() {
    boolean finished = view != null && view.phase() == SweepPhase.FINISHED;
    return finished
        ? Source.<ServerSentEvent>maybe().mapMaterializedValue(ignored -> NotUsed.getInstance())
        : Source.empty();
  }

  private List<ServerSentEvent> events(SweepUpdate update) {
    if (update instanceof SweepUpdate.Snapshot snapshot) {
      view = snapshot.view();
      return List.of(event("view", json.picture(view, timeLeft.seconds(view))));
    }
    view = view.after(update);
    if (update instanceof SweepUpdate.JobProgressed progressed) {
      JobView job = view.job(progressed.index());
      return job.baseline()
          ? List.of()
          : List.of(event("job", JobJson.rowWithPoints(job, progressed.losses())));
    }
    if (update instanceof SweepUpdate.JobChanged changed && !changed.job().baseline()) {
      return List.of(event("job", JobJson.rowWithCurve(changed.job())), summary());
    }
    return List.of(summary());
  }

  /** A summary now and then keeps the time left true while nothing else happens. */
  private List<ServerSentEvent> tick() {
    return view == null || view.phase() != SweepPhase.RUNNING ? List.of() : List.of(summary());
  }

  private ServerSentEvent summary() {
    return event("sweep", json.summary(view, timeLeft.seconds(view)));
  }

  private static ServerSentEvent event(String type, ObjectNode data) {
    return ServerSentEvent.create(data.toString(), type);
  }
}
