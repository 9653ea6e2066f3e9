package dev.floe.worker.node;

import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobReport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** Runs whatever the test scripted next, on whatever thread it is called on. */
final class FakeRunner implements JobRunner {
  static final JobReport REPORT =
      new JobReport(
          JobReport.Outcome.DONE, 8, List.of(2.0, 1.0), Map.of("test.accuracy", 0.5), 1, 9, "/a");

  final List<Thread> threads = new CopyOnWriteArrayList<>();
  final BlockingQueue<RunControl.StopReason> stopped = new LinkedBlockingQueue<>();
  private final BlockingQueue<Script> scripts = new LinkedBlockingQueue<>();

  /** What one run does. */
  interface Script {
    JobReport run(RunControl control) throws Exception;
  }

  void next(Script script) {
    scripts.add(script);
  }

  /** What one run over a feed does, in place of running its jobs one by one. */
  interface BundleScript {
    void run(JobFeed feed);
  }

  private final BlockingQueue<BundleScript> bundles = new LinkedBlockingQueue<>();

  void nextBundle(BundleScript script) {
    bundles.add(script);
  }

  @Override
  public void runAll(JobFeed feed) {
    BundleScript script = bundles.poll();
    if (script == null) {
      JobRunner.super.runAll(feed);
    } else {
      script.run(feed);
    }
  }

  /** The next run goes on until it is asked to stop, and then stops. */
  void nextRunsUntilStopped() {
    next(
        control -> {
          while (control.stopRequested().isEmpty()) {
            Thread.onSpinWait();
          }
          stopped.add(control.stopRequested().orElseThrow());
          throw new JobStoppedException();
        });
  }

  @Override
  public JobReport run(JobSpec job, RunControl control) {
    threads.add(Thread.currentThread());
    try {
      return scripts.take().run(control);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
