package dev.floe.worker.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.protocol.report.JobFailure;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RunOutcomeTest {

  @Test
  void heapThatIsFull_isOutOfMemory() {
    assertThat(kind(thrown(new OutOfMemoryError("Java heap space"))))
        .isEqualTo(JobFailure.Kind.OUT_OF_MEMORY);
  }

  @Test
  void deviceThatIsFull_isOutOfMemoryThroughCauses() {
    Exception device =
        new IllegalStateException(
            "step 3 failed",
            new RuntimeException("[enforce fail] DefaultCPUAllocator: can't allocate memory"));
    assertThat(kind(thrown(device))).isEqualTo(JobFailure.Kind.OUT_OF_MEMORY);
  }

  @Test
  void anyOtherException_isBugWithOneLineAndTrace() {
    JobFailure failure = failure(thrown(new IOException("disk on fire\nsecond line")));
    assertThat(failure.kind()).isEqualTo(JobFailure.Kind.BUG);
    assertThat(failure.message()).isEqualTo("IOException: disk on fire");
    assertThat(failure.detail()).contains("second line", "RunOutcomeTest");
  }

  @Test
  void exceptionWithoutMessage_isNamed() {
    assertThat(failure(thrown(new IllegalStateException())).message())
        .isEqualTo("IllegalStateException");
  }

  @Test
  void stopThatNobodyAskedFor_isBug() {
    assertThat(kind(thrown(new JobStoppedException()))).isEqualTo(JobFailure.Kind.BUG);
  }

  @Test
  void stopOnRequest_isStopped() {
    LeaseControl control = new LeaseControl();
    control.requestStop(RunControl.StopReason.DRAIN);
    RunOutcome outcome = RunOutcome.thrown(new JobStoppedException(), control);
    assertThat(outcome).isEqualTo(new RunOutcome.Stopped());
  }

  private static RunOutcome thrown(Throwable thrown) {
    return RunOutcome.thrown(thrown, new LeaseControl());
  }

  private static JobFailure failure(RunOutcome outcome) {
    return ((RunOutcome.Broken) outcome).failure();
  }

  private static JobFailure.Kind kind(RunOutcome outcome) {
    return failure(outcome).kind();
  }
}
