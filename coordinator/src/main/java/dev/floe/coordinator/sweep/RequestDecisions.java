package dev.floe.coordinator.sweep;

import dev.floe.coordinator.view.SweepPhase;
import dev.floe.protocol.job.JobSpec;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.pattern.StatusReply;

/** Decides on what users ask of a submitted sweep: how far it is, pause, resume, cancel, retry. */
final class RequestDecisions {
  private final SweepJobs jobs;
  private final Clock clock;
  private final Consumer<SweepNotice> dispatcher;

  RequestDecisions(SweepJobs jobs, Clock clock, Consumer<SweepNotice> dispatcher) {
    this.jobs = jobs;
    this.clock = clock;
    this.dispatcher = dispatcher;
  }

  /** The answer to whoever asks for a sweep that was never submitted. */
  static Step unknown(String id, SweepCommand command) {
    String why = "no sweep " + id + " is known";
    if (command instanceof SweepCommand.Describe describe) {
      return refuse(describe.replyTo(), why);
    } else if (command instanceof SweepCommand.Pause pause) {
      return refuse(pause.replyTo(), why);
    } else if (command instanceof SweepCommand.Resume resume) {
      return refuse(resume.replyTo(), why);
    } else if (command instanceof SweepCommand.Cancel cancel) {
      return refuse(cancel.replyTo(), why);
    } else if (command instanceof SweepCommand.RetryFailed retry) {
      return refuse(retry.replyTo(), why);
    }
    return Step.none();
  }

  private static <T> Step refuse(ActorRef<StatusReply<T>> replyTo, String why) {
    return Step.reply(after -> replyTo.tell(StatusReply.error(why)));
  }

  Step onFirstSubmit(SweepCommand.Submit submit) {
    SweepEvent first =
        new SweepEvent.SweepSubmitted(
            jobs.sweep(),
            submit.spec().toJson(),
            submit.outputDirectory().toString(),
            jobs.expansion().size(),
            clock.instant());
    return Step.of(
        List.of(first),
        state ->
            submit
                .replyTo()
                .tell(
                    StatusReply.success(
                        new SweepCommand.Submitted(false, jobs.expansion().size(), 0))));
  }

  Step onSubmitAgain(SweepState state, SweepCommand.Submit submit) {
    String known = state.submitted().outputDirectory();
    StatusReply<SweepCommand.Submitted> answer =
        known.equals(submit.outputDirectory().toString())
            ? StatusReply.success(describe(state))
            : StatusReply.error(
                String.format(
                    "sweep %s writes to %s, not to %s: give the directory that it started with",
                    jobs.sweep(), known, submit.outputDirectory()));
    return Step.reply(after -> submit.replyTo().tell(answer));
  }

  Step onDescribe(SweepState state, SweepCommand.Describe describe) {
    return Step.reply(after -> describe.replyTo().tell(StatusReply.success(describe(state))));
  }

  private SweepCommand.Submitted describe(SweepState state) {
    boolean scored = state.jobs().get(JobSpec.BASELINE).state().ended();
    return new SweepCommand.Submitted(
        true, jobs.expansion().size(), state.jobs().ended() - (scored ? 1 : 0));
  }

  Step onPause(SweepState state, SweepCommand.Pause pause) {
    if (state.phase() == SweepPhase.FINISHED) {
      return hasEnded(pause.replyTo());
    }
    List<SweepEvent> events =
        state.phase() == SweepPhase.RUNNING
            ? List.of(new SweepEvent.SweepStopped(clock.instant()))
            : List.of();
    return Step.of(
        events,
        after -> {
          dispatcher.accept(new SweepNotice.Resting(jobs.sweep(), jobs.leases(after)));
          pause.replyTo().tell(StatusReply.ack());
        });
  }

  Step onResume(SweepState state, SweepCommand.Resume resume) {
    if (state.phase() == SweepPhase.FINISHED) {
      return hasEnded(resume.replyTo());
    }
    List<SweepEvent> events =
        state.phase() == SweepPhase.STOPPED
            ? List.of(new SweepEvent.SweepResumed(clock.instant()))
            : List.of();
    return Step.of(events, after -> resume.replyTo().tell(StatusReply.ack()));
  }

  Step onCancel(SweepState state, SweepCommand.Cancel cancel) {
    return Step.of(
        jobs.rules().cancelled(state, clock.instant()),
        after -> {
          jobs.leases(state)
              .forEach(lease -> dispatcher.accept(new SweepNotice.Stale(jobs.sweep(), lease)));
          cancel.replyTo().tell(StatusReply.ack());
        });
  }

  Step onRetryFailed(SweepState state, SweepCommand.RetryFailed retry) {
    List<SweepEvent> events = jobs.rules().retried(state, retry.kinds(), clock.instant());
    int retried = (int) events.stream().filter(SweepEvent.JobRetried.class::isInstance).count();
    return Step.of(events, after -> retry.replyTo().tell(StatusReply.success(retried)));
  }

  private <T> Step hasEnded(ActorRef<StatusReply<T>> replyTo) {
    return refuse(replyTo, "sweep " + jobs.sweep() + " has ended");
  }
}
