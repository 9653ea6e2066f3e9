package dev.floe.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.floe.protocol.job.TrainSpec;
import dev.floe.protocol.job.TrainSpec.Schedule;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RateScheduleTest {

  /** Rates of ten steps with three of warm-up, as transformers 5.18 gives them. */
  static Stream<Arguments> schedules() {
    return Stream.of(
        arguments(
            Schedule.LINEAR,
            new double[] {
              0,
              1 / 3.0,
              2 / 3.0,
              1,
              0.8571428571428571,
              0.7142857142857143,
              0.5714285714285714,
              0.42857142857142855,
              0.2857142857142857,
              0.14285714285714285
            }),
        arguments(
            Schedule.COSINE,
            new double[] {
              0,
              1 / 3.0,
              2 / 3.0,
              1,
              0.9504844339512095,
              0.8117449009293668,
              0.6112604669781572,
              0.38873953302184283,
              0.18825509907063326,
              0.04951556604879048
            }),
        arguments(Schedule.CONSTANT, new double[] {0, 1 / 3.0, 2 / 3.0, 1, 1, 1, 1, 1, 1, 1}));
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void rates_areThoseOfTransformers(Schedule kind, double[] expected) {
    RateSchedule schedule = new RateSchedule(kind, 0.5, 3, 10);
    double[] rates = IntStream.range(0, 10).mapToDouble(schedule::rate).map(r -> 2 * r).toArray();
    assertThat(rates).containsExactly(expected, Offset.offset(1e-12));
  }

  @Test
  void warmupRatio_isRoundedUpToSteps() {
    assertThat(RateSchedule.of(train(0, 0.03), 310).warmup()).isEqualTo(10);
    assertThat(RateSchedule.of(train(7, 0), 310).warmup()).isEqualTo(7);
  }

  private static TrainSpec train(int warmup, double ratio) {
    return new TrainSpec(0, 310, 4, 4, 1e-3, warmup, 0, 1, Schedule.COSINE, ratio, false);
  }
}
