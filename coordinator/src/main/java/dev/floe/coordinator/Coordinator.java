package dev.floe.coordinator;

import dev.floe.coordinator.board.BoardFeed;
import dev.floe.coordinator.board.SweepBoard;
import dev.floe.coordinator.dispatch.Dispatcher;
import dev.floe.coordinator.results.ResultsRecorder;
import dev.floe.coordinator.sweep.Sweep;
import dev.floe.coordinator.sweep.SweepCommand;
import dev.floe.coordinator.sweep.SweepEvent;
import dev.floe.coordinator.view.SweepFeed;
import dev.floe.coordinator.view.WorkerView;
import dev.floe.protocol.report.JobFailure;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.pattern.StatusReply;
import org.apache.pekko.persistence.jdbc.query.javadsl.JdbcReadJournal;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Runs sweeps: for each an entity and a board, for all of them one dispatcher. It fails, and with
 * it all of them, when one of these stops by itself: the journal knows how to go on.
 */
public final class Coordinator extends AbstractBehavior<Coordinator.Command> {

  /** What can be asked of a coordinator. Never leaves the process. */
  public sealed interface Command {}

  /** Run this sweep, from its start or from where an earlier run came to. */
  public record Submit(
      SweepSpec spec, Path outputDirectory, ActorRef<StatusReply<Submission>> replyTo)
      implements Command {}

  /** Go on with a sweep that was submitted before; an error when it never was. */
  public record Open(String sweep, ActorRef<StatusReply<Submission>> replyTo) implements Command {}

  /**
   * Let a sweep rest until it is resumed: what runs checkpoints and comes back at no cost. An error
   * when it is not open, or has ended.
   */
  public record PauseSweep(String sweep, ActorRef<StatusReply<Done>> replyTo) implements Command {}

  /** Go on with a sweep that rests; an error when it is not open, or has ended. */
  public record ResumeSweep(String sweep, ActorRef<StatusReply<Done>> replyTo) implements Command {}

  /** End a sweep: what has not ended is stopped. An error when it is not open. */
  public record CancelSweep(String sweep, ActorRef<StatusReply<Done>> replyTo) implements Command {}

  /**
   * Try again the jobs that failed for one of these reasons, with all attempts before them;
   * answered with how many they are. An error when the sweep is not open.
   */
  public record RetryFailed(
      String sweep, Set<JobFailure.Kind> kinds, ActorRef<StatusReply<Integer>> replyTo)
      implements Command {}

  /**
   * Let a worker finish or checkpoint what it runs, and give it nothing more; answered when it
   * holds nothing. After {@code within} its leases are handed back without its word.
   */
  public record DrainWorker(String worker, Duration within, ActorRef<StatusReply<Done>> replyTo)
      implements Command {}

  /** Who works here. */
  public record ListWorkers(ActorRef<List<WorkerView>> replyTo) implements Command {}

  /** Drain the workers, persist what comes back, write the files, stop; answered at the end. */
  public record Shutdown(ActorRef<Done> replyTo) implements Command {}

  private record Answer(Runnable tell) implements Command {}

  private record SweepClosed(String sweep) implements Command {}

  private record ResultsClosed(String sweep) implements Command {}

  private enum Shutting implements Command {
    DRAINED
  }

  private record OpenSweep(
      ActorRef<SweepCommand> entity,
      ActorRef<SweepBoard.Message> board,
      ActorRef<ResultsRecorder.Message> recorder,
      SweepFeed feed,
      CompletionStage<Done> results) {}

  /** Recovery comes first, and may read a long journal. */
  private static final Duration ANSWER_WITHIN = Duration.ofMinutes(1);

  private final CoordinatorSettings settings;
  private final Clock clock;
  private final BiConsumer<String, SweepFeed> opened;
  private final ActorRef<Dispatcher.Message> dispatcher;
  private final Map<String, OpenSweep> sweeps = new LinkedHashMap<>();
  private final Set<String> closedSweeps = new HashSet<>();
  private final Set<String> closedResults = new HashSet<>();

  /** Who waits for the shutdown; empty unless shutting down. */
  private final List<ActorRef<Done>> stopped = new ArrayList<>();

  public static Behavior<Command> create(CoordinatorSettings settings) {
    return create(settings, Clock.systemUTC());
  }

  /** A coordinator that reads the time from {@code clock}. */
  public static Behavior<Command> create(CoordinatorSettings settings, Clock clock) {
    return create(settings, clock, (sweep, feed) -> {});
  }

  /** A coordinator that says, on its own thread, which sweeps it opens. */
  public static Behavior<Command> create(
      CoordinatorSettings settings, Clock clock, BiConsumer<String, SweepFeed> opened) {
    return Behaviors.setup(context -> new Coordinator(context, settings, clock, opened));
  }

  private Coordinator(
      ActorContext<Command> context,
      CoordinatorSettings settings,
      Clock clock,
      BiConsumer<String, SweepFeed> opened) {
    super(context);
    this.opened = opened;
    this.settings = settings;
    this.clock = clock;
    this.dispatcher = context.spawn(Dispatcher.create(clock), "dispatcher");
    context.watch(dispatcher);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Submit.class, this::onSubmit)
        .onMessage(Open.class, this::onOpen)
        .onMessage(PauseSweep.class, this::onPauseSweep)
        .onMessage(ResumeSweep.class, this::onResumeSweep)
        .onMessage(CancelSweep.class, this::onCancelSweep)
        .onMessage(RetryFailed.class, this::onRetryFailed)
        .onMessage(DrainWorker.class, this::onDrainWorker)
        .onMessage(ListWorkers.class, this::onListWorkers)
        .onMessage(Answer.class, this::onAnswer)
        .onMessage(Shutdown.class, this::onShutdown)
        .onMessage(SweepClosed.class, this::onSweepClosed)
        .onMessageEquals(Shutting.DRAINED, this::onDrained)
        .onMessage(ResultsClosed.class, this::onResultsClosed)
        .build();
  }

  private Behavior<Command> onSubmit(Submit submit) {
    return ask(
        submit.spec().id(),
        replyTo ->
            new SweepCommand.Submit(
                submit.spec(), submit.outputDirectory().toAbsolutePath().normalize(), replyTo),
        submit.replyTo());
  }

  private Behavior<Command> onOpen(Open open) {
    return ask(open.sweep(), SweepCommand.Describe::new, open.replyTo());
  }

  private Behavior<Command> ask(
      String id,
      Function<ActorRef<StatusReply<SweepCommand.Submitted>>, SweepCommand> question,
      ActorRef<StatusReply<Submission>> replyTo) {
    OpenSweep open = sweeps.computeIfAbsent(id, this::open);
    getContext()
        .askWithStatus(
            SweepCommand.Submitted.class,
            open.entity(),
            ANSWER_WITHIN,
            question,
            (submitted, failure) ->
                new Answer(() -> replyTo.tell(answer(id, open, submitted, failure))));
    return this;
  }

  private static StatusReply<Submission> answer(
      String id, OpenSweep open, SweepCommand.Submitted submitted, Throwable failure) {
    return failure != null
        ? StatusReply.error(failure.getMessage())
        : StatusReply.success(
            new Submission(
                id,
                submitted.resumed(),
                submitted.jobs(),
                submitted.ended(),
                open.feed(),
                open.results()));
  }

  private Behavior<Command> onAnswer(Answer answer) {
    answer.tell().run();
    return this;
  }

  private OpenSweep open(String id) {
    CompletableFuture<Done> results = new CompletableFuture<>();
    ActorRef<SweepBoard.Message> board = getContext().spawn(SweepBoard.create(), "board-" + id);
    ActorRef<ResultsRecorder.Message> recorder =
        getContext()
            .spawn(
                ResultsRecorder.create(journal(id), results),
                "results-" + id,
                ResultsRecorder.THREAD);
    ActorRef<SweepCommand> entity =
        getContext()
            .spawn(
                Sweep.create(
                    id,
                    settings.sweep(),
                    clock,
                    notice -> dispatcher.tell(new Dispatcher.Noticed(notice)),
                    update -> {
                      board.tell(new SweepBoard.Publish(update));
                      recorder.tell(new ResultsRecorder.Publish(update));
                    }),
                "sweep-" + id);
    getContext().watchWith(entity, new SweepClosed(id));
    SweepFeed feed = new BoardFeed(board, getContext().getSystem());
    opened.accept(id, feed);
    return new OpenSweep(entity, board, recorder, feed, results);
  }

  private Source<SweepEvent, NotUsed> journal(String id) {
    return Source.lazySource(
            () ->
                PersistenceQuery.get(getContext().getSystem())
                    .getReadJournalFor(JdbcReadJournal.class, JdbcReadJournal.Identifier())
                    .currentEventsByPersistenceId(Sweep.persistenceId(id).id(), 0, Long.MAX_VALUE)
                    .map(envelope -> (SweepEvent) envelope.event()))
        .mapMaterializedValue(later -> NotUsed.getInstance());
  }

  private Behavior<Command> onPauseSweep(PauseSweep pause) {
    return tell(pause.sweep(), new SweepCommand.Pause(pause.replyTo()), pause.replyTo());
  }

  private Behavior<Command> onResumeSweep(ResumeSweep resume) {
    return tell(resume.sweep(), new SweepCommand.Resume(resume.replyTo()), resume.replyTo());
  }

  private Behavior<Command> onCancelSweep(CancelSweep cancel) {
    return tell(cancel.sweep(), new SweepCommand.Cancel(cancel.replyTo()), cancel.replyTo());
  }

  private Behavior<Command> onRetryFailed(RetryFailed retry) {
    SweepCommand command = new SweepCommand.RetryFailed(retry.kinds(), retry.replyTo());
    return tell(retry.sweep(), command, retry.replyTo());
  }

  private Behavior<Command> onDrainWorker(DrainWorker drain) {
    dispatcher.tell(new Dispatcher.DrainWorker(drain.worker(), drain.within(), drain.replyTo()));
    return this;
  }

  private <T> Behavior<Command> tell(
      String id, SweepCommand command, ActorRef<StatusReply<T>> replyTo) {
    OpenSweep open = sweeps.get(id);
    if (open == null) {
      replyTo.tell(StatusReply.error("no sweep " + id + " is open"));
    } else {
      open.entity().tell(command);
    }
    return this;
  }

  private Behavior<Command> onListWorkers(ListWorkers list) {
    dispatcher.tell(new Dispatcher.ListWorkers(list.replyTo()));
    return this;
  }

  private Behavior<Command> onShutdown(Shutdown shutdown) {
    stopped.add(shutdown.replyTo());
    if (stopped.size() == 1) {
      Duration within = settings.drainWithin();
      getContext()
          .ask(
              Done.class,
              dispatcher,
              within.multipliedBy(2),
              replyTo -> new Dispatcher.Drain(within, replyTo),
              (done, late) -> Shutting.DRAINED);
    }
    return this;
  }

  /** All that came back is in the entities' mailboxes by now: they close after persisting it. */
  private Behavior<Command> onDrained() {
    sweeps.values().forEach(open -> open.entity().tell(SweepCommand.Close.INSTANCE));
    return sweeps.isEmpty() ? onEntitiesClosed() : this;
  }

  private Behavior<Command> onSweepClosed(SweepClosed closed) {
    if (stopped.isEmpty()) {
      throw new IllegalStateException("sweep " + closed.sweep() + " stopped by itself");
    }
    closedSweeps.add(closed.sweep());
    return closedSweeps.size() == sweeps.size() ? onEntitiesClosed() : this;
  }

  /** A recorder ends when all is written, whatever has become of its sweep since it was opened. */
  private Behavior<Command> onEntitiesClosed() {
    sweeps.forEach(
        (id, open) -> {
          open.board().tell(SweepBoard.Close.INSTANCE);
          getContext().watchWith(open.recorder(), new ResultsClosed(id));
          open.recorder().tell(ResultsRecorder.Close.INSTANCE);
        });
    return sweeps.isEmpty() ? onResultsWritten() : this;
  }

  private Behavior<Command> onResultsClosed(ResultsClosed closed) {
    closedResults.add(closed.sweep());
    return closedResults.size() == sweeps.size() ? onResultsWritten() : this;
  }

  private Behavior<Command> onResultsWritten() {
    stopped.forEach(replyTo -> replyTo.tell(Done.getInstance()));
    return Behaviors.stopped();
  }
}
