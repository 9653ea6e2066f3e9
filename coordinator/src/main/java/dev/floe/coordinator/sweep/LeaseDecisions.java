package dev.floe.coordinator.sweep;

import dev.floe.protocol.job.BundleKey;
import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.worker.WorkerCommand;
import dev.floe.protocol.worker.WorkerReport;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Decides on a submitted sweep's leases: how they are given, confirmed after a restart, and end.
 */
final class LeaseDecisions {
  private final SweepJobs jobs;
  private final SweepRules rules;
  private final Clock clock;
  private final Consumer<SweepNotice> dispatcher;

  /** Leases from before the restart whose workers were not heard of yet. */
  private final Set<Integer> unconfirmed;

  /**
   * Decisions from here on.
   *
   * @param running the jobs whose leases are out from before
   */
  LeaseDecisions(
      SweepJobs jobs, Set<Integer> running, Clock clock, Consumer<SweepNotice> dispatcher) {
    this.jobs = jobs;
    this.rules = jobs.rules();
    this.unconfirmed = new HashSet<>(running);
    this.clock = clock;
    this.dispatcher = dispatcher;
  }

  Step onOffer(SweepState state, SweepCommand.Offer offer) {
    Predicate<Integer> fits =
        job -> offer.key().isEmpty() || BundleKey.of(jobs.spec(job)).equals(offer.key());
    List<SweepEvent> events = rules.offered(state, offer.worker(), fits, clock.instant());
    if (events.isEmpty()) {
      SweepNotice nothing =
          offer.key().isEmpty()
              ? new SweepNotice.NothingDue(jobs.sweep(), offer.worker())
              : new SweepNotice.NothingAlike(jobs.sweep(), offer.worker());
      return Step.reply(after -> dispatcher.accept(nothing));
    }
    SweepEvent.JobLeased leased = (SweepEvent.JobLeased) events.get(0);
    return Step.of(
        events,
        after ->
            dispatcher.accept(
                new SweepNotice.Granted(
                    jobs.sweep(),
                    jobs.lease(leased.job(), after.jobs().get(leased.job())),
                    jobs.spec(leased.job()))));
  }

  Step onAttemptEnded(SweepState state, SweepCommand.AttemptEnded ended) {
    WorkerReport.Final report = ended.report();
    Lease lease = report.lease();
    return Step.of(
        eventsOf(state, report),
        after -> report.worker().tell(new WorkerCommand.ReportReceived(lease)));
  }

  private List<SweepEvent> eventsOf(SweepState state, WorkerReport.Final report) {
    Lease lease = report.lease();
    Instant now = clock.instant();
    if (report instanceof WorkerReport.Finished finished) {
      return rules.completed(state, lease.job(), lease.attempt(), finished.report(), now);
    }
    if (report instanceof WorkerReport.Failed failed) {
      return rules.failed(state, lease.job(), lease.attempt(), failed.failure(), false, now);
    }
    return rules.returned(state, lease.job(), lease.attempt(), now);
  }

  Step onLeaseLost(SweepState state, SweepCommand.LeaseLost lost) {
    return Step.of(
        rules.failed(
            state,
            lost.lease().job(),
            lost.lease().attempt(),
            new JobFailure(JobFailure.Kind.LOST, lost.why(), ""),
            lost.tookWorkerDown(),
            clock.instant()),
        after -> {});
  }

  Step onHandBack(SweepState state, SweepCommand.HandBack back) {
    return Step.of(
        rules.returned(state, back.lease().job(), back.lease().attempt(), clock.instant()),
        after -> {});
  }

  Step onConfirmLease(SweepState state, SweepCommand.ConfirmLease held) {
    if (isOut(state, held.lease())) {
      confirm(held.lease());
      return Step.none();
    }
    return Step.reply(
        after -> dispatcher.accept(new SweepNotice.Stale(jobs.sweep(), held.lease())));
  }

  /**
   * These leases are held.
   *
   * @return whether no lease from before the restart is in doubt any more
   */
  boolean confirm(SweepState state, Set<Lease> held) {
    held.stream().filter(lease -> isOut(state, lease)).forEach(this::confirm);
    return unconfirmed.isEmpty();
  }

  private void confirm(Lease lease) {
    unconfirmed.remove(lease.job());
  }

  /** Whoever holds the leases that are still in doubt had time enough to say so. */
  List<SweepEvent> orphaned(SweepState state) {
    List<SweepEvent> events = rules.orphaned(state, unconfirmed, clock.instant());
    unconfirmed.clear();
    return events;
  }

  private static boolean isOut(SweepState state, Lease lease) {
    return state.isOut(lease.job(), lease.attempt());
  }
}
