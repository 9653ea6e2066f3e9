package dev.floe.worker.engine;

import dev.floe.protocol.job.BundleKey;
import dev.floe.worker.node.JobFeed;
import dev.floe.worker.node.LeasedJob;
import dev.floe.worker.train.Bundle;
import dev.floe.worker.train.TrainingRun;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a feed's jobs: those that can share passes together, all others by themselves. A bundle
 * forms around its first job, others join between two rounds, and each job is scored and reported
 * when its own training ends.
 */
final class BundledJobs {
  private static final Logger log = LoggerFactory.getLogger(BundledJobs.class);

  /**
   * How long a bundle that has room waits for the next job before it starts. Jobs that start at the
   * same step read the same rows, and the same jobs make the same bundle when they are run again.
   */
  private static final Duration FORMING = Duration.ofMillis(250);

  private final TuningEngine engine;
  private final JobFeed feed;

  /** A job that came while others ran that it cannot run along with; null for none. */
  private LeasedJob waiting;

  BundledJobs(TuningEngine engine, JobFeed feed) {
    this.engine = engine;
    this.feed = feed;
  }

  /** Runs until the feed is empty. */
  void run() {
    Optional<LeasedJob> next = next(Duration.ZERO);
    while (next.isPresent()) {
      Optional<BundleKey> key = BundleKey.of(next.get().job());
      if (key.isPresent()) {
        new Forming(next.get(), key.get()).run();
      } else {
        next.get().run(engine);
      }
      next = next(Duration.ZERO);
    }
  }

  private Optional<LeasedJob> next(Duration within) {
    if (waiting != null) {
      LeasedJob first = waiting;
      waiting = null;
      return Optional.of(first);
    }
    return feed.next(within);
  }

  /** One bundle, from its first job to the end of its last. */
  private final class Forming {
    private final BundleKey key;
    private final Map<TrainingRun, Member> members = new HashMap<>();
    private final LeasedJob first;
    private Bundle bundle;
    private int limit;

    /** How many were in when the room was last told. */
    private int announced;

    private record Member(LeasedJob leased, PreparedJob prepared) {}

    Forming(LeasedJob first, BundleKey key) {
      this.first = first;
      this.key = key;
    }

    void run() {
      Optional<PreparedJob> prepared = prepare(first);
      if (prepared.isEmpty()) {
        return;
      }
      limit = engine.bundleRoom(prepared.get());
      try (Bundle opened = new Bundle(prepared.get().backbone(), key.bundles().tokenBudget())) {
        bundle = opened;
        join(first, prepared.get());
        if (limit > 1) {
          fill(FORMING);
          log.info("{} jobs run together, {} at most", bundle.size(), limit);
        }
        while (!bundle.isEmpty()) {
          end(bundle.round());
          fill(Duration.ZERO);
        }
      } finally {
        members.values().forEach(member -> member.prepared.close());
      }
    }

    /** Takes in what comes, and asks for more where there is room. */
    private void fill(Duration within) {
      announce();
      while (!bundle.isEmpty() && bundle.size() < limit && waiting == null) {
        Optional<LeasedJob> next = feed.next(within);
        if (next.isEmpty()) {
          return;
        }
        if (BundleKey.of(next.get().job()).equals(Optional.of(key))) {
          prepare(next.get()).ifPresent(prepared -> join(next.get(), prepared));
        } else {
          waiting = next.get();
        }
      }
    }

    private void announce() {
      int room = limit - bundle.size();
      if (limit > 1 && !bundle.isEmpty() && room > 0 && announced != bundle.size()) {
        feed.roomFor(key, room);
        announced = bundle.size();
      }
    }

    private Optional<PreparedJob> prepare(LeasedJob leased) {
      try {
        return Optional.of(engine.prepare(leased.job(), null, leased.control()));
      } catch (IOException | RuntimeException | Error e) {
        leased.threw(TuningEngine.named(e));
        return Optional.empty();
      }
    }

    private void join(LeasedJob leased, PreparedJob prepared) {
      TrainingRun training = prepared.training().orElseThrow();
      members.put(training, new Member(leased, prepared));
      bundle.join(training);
    }

    private void end(List<Bundle.Ending> endings) {
      if (endings.isEmpty()) {
        return;
      }
      List<Finish.Trained> trained = new ArrayList<>();
      for (Bundle.Ending ending : endings) {
        Member member = members.remove(ending.run());
        if (ending.failure() == null) {
          trained.add(new Finish.Trained(member.leased, member.prepared, ending.result()));
        } else {
          member.prepared.close();
          member.leased.threw(TuningEngine.named(ending.failure()));
        }
      }
      new Finish(engine).conclude(trained);
    }
  }
}
