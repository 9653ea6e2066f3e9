package dev.floe.cli.agent;

import dev.floe.protocol.job.BundleKey;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.worker.node.JobFailedException;
import dev.floe.worker.node.JobFeed;
import dev.floe.worker.node.JobRunner;
import dev.floe.worker.node.LeasedJob;
import dev.floe.worker.node.RunControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Looks, before a job runs, whether this node sees what the sweep's nodes share. A node that does
 * not is the wrong place for the job, which has done nothing wrong: it counts as lost, and the
 * worker leaves.
 */
final class SharedFiles implements JobRunner {
  private final String worker;
  private final JobRunner runner;
  private final Consumer<String> blind;

  /**
   * Looks on behalf of a runner.
   *
   * @param blind hears what cannot be seen, as one line
   */
  SharedFiles(String worker, JobRunner runner, Consumer<String> blind) {
    this.worker = worker;
    this.runner = runner;
    this.blind = blind;
  }

  @Override
  public JobReport run(JobSpec job, RunControl control) throws IOException {
    Optional<JobFailedException> refusal = refusal(job);
    if (refusal.isPresent()) {
      throw refusal.get();
    }
    return runner.run(job, control);
  }

  @Override
  public void runAll(JobFeed feed) {
    runner.runAll(
        new JobFeed() {
          @Override
          public Optional<LeasedJob> next(Duration within) {
            Optional<LeasedJob> next = feed.next(within);
            Optional<JobFailedException> refusal = next.flatMap(leased -> refusal(leased.job()));
            while (refusal.isPresent()) {
              next.orElseThrow().threw(refusal.get());
              next = feed.next(Duration.ZERO);
              refusal = next.flatMap(leased -> refusal(leased.job()));
            }
            return next;
          }

          @Override
          public void roomFor(BundleKey key, int jobs) {
            feed.roomFor(key, jobs);
          }
        });
  }

  private Optional<JobFailedException> refusal(JobSpec job) {
    return unseen(job)
        .map(
            path -> {
              String why =
                  "worker %s cannot see %s: every node needs the shared directory at the same path"
                      .formatted(worker, path);
              blind.accept(why);
              return new JobFailedException(new JobFailure(JobFailure.Kind.LOST, why, ""));
            });
  }

  private static Optional<String> unseen(JobSpec job) {
    List<Path> wanted = new ArrayList<>();
    wanted.add(Path.of(job.backbone()));
    if (job.data().train() != null) {
      wanted.add(Path.of(job.data().train()));
    }
    job.data().evaluate().forEach(file -> wanted.add(Path.of(file)));
    // The coordinator made the sweep's directory: whoever does not see it writes where nobody
    // reads.
    wanted.add(outputDirectory(job));
    return wanted.stream().filter(path -> !Files.exists(path)).findFirst().map(Path::toString);
  }

  /** The sweep's directory, which job's directories are two levels below. */
  private static Path outputDirectory(JobSpec job) {
    return Path.of(job.adapterDirectory()).getParent().getParent();
  }
}
