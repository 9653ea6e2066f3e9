package dev.floe.cli.rationales;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.cli.rationales.TeacherException.Reach;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PatientTeacherTest {
  private static final Duration SHORT = Duration.ofMillis(1);

  private final AtomicInteger asked = new AtomicInteger();

  private Teacher failing(Reach reach) {
    return prompt -> {
      asked.incrementAndGet();
      throw new TeacherException(reach, "away");
    };
  }

  @Test
  void lastRetry_isTheEnd() {
    PatientTeacher teacher = new PatientTeacher(failing(Reach.FOR_NOW), 3, SHORT, 0);
    assertThatThrownBy(() -> teacher.ask("?")).hasMessage("away (asked 4 times)");
    assertThat(asked).hasValue(4);
  }

  @Test
  void refusal_isNotAskedAgain() {
    PatientTeacher teacher = new PatientTeacher(failing(Reach.THIS_QUESTION), 3, SHORT, 0);
    assertThatThrownBy(() -> teacher.ask("?")).hasMessage("away");
    assertThat(asked).hasValue(1);
  }

  @Test
  void rate_spacesRequestsAcrossCallers() throws Exception {
    PatientTeacher teacher =
        new PatientTeacher(prompt -> new Teacher.Reply("5", false), 0, SHORT, 3000);
    long start = System.nanoTime();
    for (int i = 0; i < 6; i++) {
      assertThat(teacher.ask("?").text()).isEqualTo("5");
    }
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(90));
  }
}
