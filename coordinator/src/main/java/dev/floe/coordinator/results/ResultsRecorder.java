package dev.floe.coordinator.results;

import dev.floe.coordinator.sweep.SweepEvent;
import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.coordinator.view.SweepView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Keeps the files of one sweep's results. Runs on a thread for blocking work, since it appends
 * within its turns. Endings gather into the next time that the whole is written, which comes the
 * later the longer it takes. The files follow the journal: what was missed is made up for at the
 * next start.
 */
public final class ResultsRecorder extends AbstractBehavior<ResultsRecorder.Message> {

  /** What a recorder hears. Never leaves the process. */
  public sealed interface Message {}

  /**
   * Something changed; the first of these is a {@link SweepUpdate.Snapshot}. None may be missed.
   */
  public record Publish(SweepUpdate update) implements Message {}

  /** Write what is not written yet, then stop. */
  public enum Close implements Message {
    INSTANCE
  }

  private enum Timer implements Message {
    WRITE
  }

  private record Written(Duration taken, Throwable failure) implements Message {}

  private record Remembered(List<SweepEvent> events) implements Message {}

  private record AllRemembered(Throwable failure) implements Message {}

  /** So many times as long as it takes, the whole is not written again. */
  private static final int REST = 4;

  private static final int EVENTS_AT_ONCE = 100;

  private final TimerScheduler<Message> timers;
  private final Source<SweepEvent, NotUsed> journal;
  private final CompletableFuture<Done> written;
  private SweepFiles files; // null before the first snapshot
  private SweepView view; // null before the first snapshot
  private Duration lastWrite = Duration.ZERO;
  private long notBefore = System.nanoTime(); // the next write of the whole
  private boolean toWrite;
  private boolean writing;
  private boolean remembering;
  private boolean closing;

  /**
   * The recorder of one sweep. To be spawned with {@link #THREAD}.
   *
   * @param journal all events of the sweep so far, read when a file lacks what they say
   * @param written done when the sweep has finished, or the recorder was closed, and all is
   *     written; fails with the first write that failed
   */
  public static Behavior<Message> create(
      Source<SweepEvent, NotUsed> journal, CompletableFuture<Done> written) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new ResultsRecorder(context, timers, journal, written)));
  }

  /** Where recorders run. */
  public static final DispatcherSelector THREAD = DispatcherSelector.blocking();

  private ResultsRecorder(
      ActorContext<Message> context,
      TimerScheduler<Message> timers,
      Source<SweepEvent, NotUsed> journal,
      CompletableFuture<Done> written) {
    super(context);
    this.timers = timers;
    this.journal = journal;
    this.written = written;
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(Publish.class, publish -> trying(() -> onPublish(publish.update())))
        .onMessageEquals(Timer.WRITE, () -> trying(() -> {}))
        .onMessage(Written.class, done -> trying(() -> onWritten(done)))
        .onMessage(Remembered.class, some -> trying(() -> files.remember(some.events(), view)))
        .onMessage(AllRemembered.class, all -> trying(() -> onAllRemembered(all)))
        .onMessageEquals(Close.INSTANCE, () -> trying(() -> closing = true))
        .build();
  }

  private interface Work {
    void run() throws IOException;
  }

  /** Does its part, then writes the whole if it is time to, or ends if it was the last. */
  private Behavior<Message> trying(Work work) {
    try {
      work.run();
      boolean last = closing || (view != null && view.phase() == SweepPhase.FINISHED);
      if (toWrite && !writing && (last ? !remembering : !timers.isTimerActive(Timer.WRITE))) {
        writeLater();
      }
      if (!last || toWrite || writing || remembering) {
        return this;
      }
      if (files != null) {
        files.close();
      }
      written.complete(Done.getInstance());
    } catch (IOException e) {
      String sweep = view == null ? "" : " of sweep " + view.id();
      String what = "the results" + sweep + " could not be written: " + e;
      written.completeExceptionally(new UncheckedIOException(what, e));
    }
    return closing ? Behaviors.stopped() : atRest(journal);
  }

  /** Until a sweep that had finished goes on, because some of its jobs are tried again. */
  private static Behavior<Message> atRest(Source<SweepEvent, NotUsed> journal) {
    return Behaviors.receive(Message.class)
        .onMessageEquals(Close.INSTANCE, Behaviors::stopped)
        .onMessage(Publish.class, ResultsRecorder::goesOn, publish -> wakeUp(journal, publish))
        .onAnyMessage(message -> Behaviors.same())
        .build();
  }

  private static boolean goesOn(Publish publish) {
    return publish.update() instanceof SweepUpdate.Snapshot snapshot
        && snapshot.view().phase() != SweepPhase.FINISHED;
  }

  /** The snapshot is taken in before what has arrived after it. */
  private static Behavior<Message> wakeUp(Source<SweepEvent, NotUsed> journal, Publish snapshot) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  ResultsRecorder awake =
                      new ResultsRecorder(context, timers, journal, new CompletableFuture<>());
                  return awake.trying(() -> awake.onPublish(snapshot.update()));
                }));
  }

  private void onPublish(SweepUpdate update) throws IOException {
    if (update instanceof SweepUpdate.JobProgressed) {
      return; // the files do not show it
    }
    if (update instanceof SweepUpdate.Snapshot snapshot) {
      view = snapshot.view();
      if (files == null) {
        files = SweepFiles.open(view);
        notBefore = System.nanoTime() + files.firstPause().toNanos();
        if (files.lacksSome()) {
          remember();
        }
      }
    } else {
      view = view.after(update);
      if (update instanceof SweepUpdate.JobChanged changed && changed.job().state().ended()) {
        files.ended(changed.job());
      }
    }
    if (shows(update) && !toWrite) {
      toWrite = true;
      waitForMore();
    }
  }

  private static boolean shows(SweepUpdate update) {
    return !(update instanceof SweepUpdate.JobChanged changed) || changed.job().state().ended();
  }

  private void waitForMore() {
    Duration wait = Duration.ofNanos(notBefore - System.nanoTime());
    if (!wait.isNegative()) {
      timers.startSingleTimer(Timer.WRITE, Timer.WRITE, wait);
    }
  }

  private void writeLater() {
    SweepView now = view;
    toWrite = false;
    writing = true;
    timers.cancel(Timer.WRITE);
    long start = System.nanoTime();
    getContext()
        .pipeToSelf(
            CompletableFuture.runAsync(
                () -> {
                  try {
                    files.writeWhole(now);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                },
                getContext().getSystem().dispatchers().lookup(THREAD)),
            (done, failure) -> new Written(Duration.ofNanos(System.nanoTime() - start), failure));
  }

  private void onWritten(Written done) throws IOException {
    writing = false;
    // One slow write, such as the first in a process, says little.
    Duration usual = done.taken().compareTo(lastWrite) < 0 ? done.taken() : lastWrite;
    Duration rest = usual.multipliedBy(REST);
    lastWrite = done.taken();
    notBefore =
        System.nanoTime() + (rest.compareTo(files.pause()) > 0 ? rest : files.pause()).toNanos();
    if (done.failure() != null) {
      throw new IOException(done.failure());
    }
    if (toWrite) {
      waitForMore();
    }
  }

  private void remember() {
    remembering = true;
    getContext().getLog().info("reading results of sweep {} from the journal again", view.id());
    getContext()
        .pipeToSelf(
            journal
                .grouped(EVENTS_AT_ONCE)
                .runWith(
                    Sink.foreach(some -> getContext().getSelf().tell(new Remembered(some))),
                    getContext().getSystem()),
            (done, failure) -> new AllRemembered(failure));
  }

  private void onAllRemembered(AllRemembered all) throws IOException {
    remembering = false;
    if (all.failure() != null) {
      throw new IOException("the journal could not be read: " + all.failure().getMessage());
    }
  }
}
