package dev.floe.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.floe.protocol.report.JobFigures;
import dev.floe.protocol.report.JobReport;
import dev.floe.sweeps.results.JobResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SweepComparisonTest {
  private static final SweepMode FIRST = SweepMode.BUNDLES_ON;
  private static final SweepMode LAST = SweepMode.PROCESS_PER_JOB;

  @Test
  void ratio_isTheMedianWithinRounds_toTheLastMode() throws Exception {
    SweepComparison comparison = new SweepComparison(List.of(FIRST, LAST));
    // a machine that slows down to a tenth in the second round
    for (double seconds : new double[] {10, 100, 10}) {
      comparison.add(FIRST, new SweepTimes(seconds, seconds / 2, 0));
      comparison.add(LAST, new SweepTimes(4 * seconds, seconds, 0));
    }
    assertThat(comparison.ratio(FIRST, SweepTimes::makespan)).isEqualTo(4);
    assertThat(comparison.ratio(FIRST, SweepTimes::training)).isEqualTo(2);
    assertThat(comparison.table()).contains("bundles-on").contains("4.00").doesNotContain("NaN");
    JsonNode json = JsonMapper.builder().build().readTree(comparison.json());
    assertThat(json.at("/modes/1/rounds/1/makespan").asDouble()).isEqualTo(400);
  }

  @Test
  void times_areTheSumsOverJobs() {
    SweepTimes times = SweepTimes.of(9, List.of(job(2, 100, 50), job(3, 100, 25)));
    assertThat(times.makespan()).isEqualTo(9);
    assertThat(times.training()).isEqualTo(5);
    assertThat(times.evaluation()).isCloseTo(6, within(1e-9));
  }

  private static JobResult job(double training, double generated, double perSecond) {
    JobFigures figures =
        new JobFigures(List.of(), List.of(), null, null, null, null, null, null, null, training);
    Map<String, Double> metrics =
        Map.of(
            "a.generated_tokens", generated, "a.tokens_per_second", perSecond, "a.accuracy", 1.0);
    JobReport report =
        new JobReport(
            JobReport.Outcome.DONE, 1, List.of(1.0), metrics, 1, 1, null, figures, List.of());
    return JobResult.reported(0, Map.of(), 1, report);
  }
}
