package dev.floe.coordinator.sweep;

import static dev.floe.coordinator.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.coordinator.Samples;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.sweeps.results.JobState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is in journals today must be readable for ever: one file for each type, as version 0.1 wrote
 * it. A file is never edited; when a type gains a field, the file shows what a missing one means.
 */
class StoredFormTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Serialization SERIALIZATION =
      SerializationExtension.get(Adapter.toClassic(KIT.system()));

  private static final SweepEvent.SweepSubmitted SUBMITTED =
      new SweepEvent.SweepSubmitted("1a2b3c4d", "{\"name\":\"sample\"}", "/out", 2, NOON);

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void storedExample_isStillReadable(FloeEvent example) throws IOException {
    SerializerWithStringManifest json = serializer(example);
    byte[] stored = fixture(example).getBytes(StandardCharsets.UTF_8);
    assertThat(json.fromBinary(stored, json.manifest(example))).isEqualTo(example);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void example_isWrittenAsTheFileShows(FloeEvent example) throws IOException {
    assertThat(new String(serializer(example).toBinary(example), StandardCharsets.UTF_8))
        .isEqualTo(fixture(example));
  }

  @Test
  void fieldFromLaterVersion_isSkipped() throws IOException {
    SweepEvent.SweepStopped event = new SweepEvent.SweepStopped(NOON);
    byte[] later =
        "{\"at\":\"2026-01-01T12:00:00Z\",\"by\":\"someone\"}".getBytes(StandardCharsets.UTF_8);
    SerializerWithStringManifest json = serializer(event);
    assertThat(json.fromBinary(later, json.manifest(event))).isEqualTo(event);
  }

  @Test
  void everyEventType_hasAnExample() {
    Set<Class<?>> shown = examples().map(Object::getClass).collect(Collectors.toSet());
    assertThat(shown).containsAll(concrete(SweepEvent.class).toList());
  }

  @Test
  void everyEventType_canBePersistedTogetherWithOthers() throws IOException {
    List<SweepEvent> events =
        examples().filter(SweepEvent.class::isInstance).map(SweepEvent.class::cast).toList();
    SweepEvent together = new SweepEvent.Together(events);
    SerializerWithStringManifest json = serializer(together);
    assertThat(json.fromBinary(json.toBinary(together), json.manifest(together)))
        .isEqualTo(together);
  }

  @Test
  void snapshotOfManyJobs_isShortAndGivesTheSameStateBack() throws IOException {
    SweepEvent.SweepSubmitted large =
        new SweepEvent.SweepSubmitted("1a2b3c4d", "{}", "/out", 100_000, NOON);
    SweepState state = SweepState.EMPTY.apply(large);
    for (int job = JobSpec.BASELINE; job < 70_000; job++) {
      state =
          state
              .apply(new SweepEvent.JobLeased(job, 1, "w-1", NOON))
              .apply(new SweepEvent.JobCompleted(job, 1, Samples.report(), NOON));
    }
    state = state.apply(new SweepEvent.JobLeased(70_000, 1, "w-1", NOON));
    SweepSnapshot snapshot = SweepSnapshot.of(state);
    SerializerWithStringManifest json = serializer(snapshot);
    byte[] stored = json.toBinary(snapshot);
    assertThat(stored.length).isLessThan(2_000);
    SweepState back = ((SweepSnapshot) json.fromBinary(stored, json.manifest(snapshot))).state();
    assertThat(SweepSnapshot.of(back)).isEqualTo(snapshot);
    assertThat(back.jobs().ended()).isEqualTo(70_001);
    assertThat(back.nextDue(NOON)).contains(70_001);
    assertThat(back.isOut(70_000, 1)).isTrue();
  }

  @Test
  void snapshot_givesTheSameStateBack() {
    SweepState state =
        SweepState.EMPTY
            .apply(SUBMITTED)
            .apply(new SweepEvent.JobLeased(1, 1, "w-1", NOON))
            .apply(new SweepEvent.JobCompleted(1, 1, Samples.report(), NOON))
            .apply(new SweepEvent.JobLeased(0, 1, "w-1", NOON));
    SweepSnapshot snapshot = SweepSnapshot.of(state);
    assertThat(SweepSnapshot.of(snapshot.state())).isEqualTo(snapshot);
    assertThat(snapshot.jobs()).containsOnlyKeys(0, 1);
    assertThat(snapshot.state().jobs().ended()).isEqualTo(1);
  }

  static Stream<FloeEvent> examples() {
    JobReport report = Samples.report(JobReport.Outcome.DIVERGED, 2.5, Double.NaN);
    JobFailure failure = new JobFailure(JobFailure.Kind.BUG, "it went wrong", "at A.java:1");
    SweepState leased =
        SweepState.EMPTY.apply(SUBMITTED).apply(new SweepEvent.JobLeased(0, 1, "w-1", NOON));
    return Stream.of(
        SUBMITTED,
        new SweepEvent.JobLeased(JobSpec.BASELINE, 1, "w-1", NOON),
        new SweepEvent.JobCompleted(0, 2, report, NOON),
        new SweepEvent.JobFailed(0, 1, failure, true, JobState.PENDING, NOON.plusSeconds(1), NOON),
        new SweepEvent.JobReturned(0, 1, NOON),
        new SweepEvent.JobRetried(0, 2, NOON),
        new SweepEvent.SweepStopped(NOON),
        new SweepEvent.SweepCancelled(NOON),
        new SweepEvent.SweepResumed(NOON),
        new SweepEvent.SweepFinished(NOON),
        new SweepEvent.Together(
            List.of(
                new SweepEvent.JobCompleted(0, 2, report, NOON),
                new SweepEvent.SweepFinished(NOON))),
        SweepSnapshot.of(leased));
  }

  private static Stream<Class<?>> concrete(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(StoredFormTest::concrete)
        : Stream.of(type);
  }

  private static SerializerWithStringManifest serializer(FloeEvent event) {
    SerializerWithStringManifest found =
        (SerializerWithStringManifest) SERIALIZATION.findSerializerFor(event);
    assertThat(found.getClass().getSimpleName()).isEqualTo("JacksonJsonSerializer");
    return found;
  }

  private static String fixture(FloeEvent event) throws IOException {
    String file = "/events/0.1/" + event.getClass().getSimpleName() + ".json";
    try (InputStream stored = StoredFormTest.class.getResourceAsStream(file)) {
      assertThat(stored).as(file).isNotNull();
      return new String(stored.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }
}
