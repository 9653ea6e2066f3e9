package dev.floe.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.BundleKey;
import dev.floe.protocol.job.BundleSpec;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.HeldOut;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.job.LayerSet;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.Sampling;
import dev.floe.protocol.job.Scaling;
import dev.floe.protocol.job.Selection;
import dev.floe.protocol.job.Task;
import dev.floe.protocol.job.TrainSpec;
import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobFigures;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import dev.floe.protocol.report.StepPoint;
import dev.floe.protocol.report.ValidationPoint;
import dev.floe.protocol.worker.WorkerCommand;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.protocol.worker.WorkerReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageRoundTripTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final TestProbe<WorkerCommand> WORKER = KIT.createTestProbe(WorkerCommand.class);
  private static final Lease LEASE = new Lease("s-1", 3, 2, "w-1", Duration.ofSeconds(30));

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void message_survivesTheWire(FloeMessage message) {
    KIT.serializationTestKit().verifySerialization(message, true);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void message_isWrittenAsCbor(FloeMessage message) {
    Serializer serializer =
        SerializationExtension.get(Adapter.toClassic(KIT.system())).findSerializerFor(message);
    assertThat(serializer.getClass().getSimpleName()).isEqualTo("JacksonCborSerializer");
  }

  @Test
  void everyMessageType_hasAnExample() {
    Set<Class<?>> shown = examples().map(Object::getClass).collect(Collectors.toSet());
    assertThat(shown)
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(WorkerCommand.class, WorkerReport.class)
                .flatMap(MessageRoundTripTest::concrete)
                .collect(Collectors.toSet()));
  }

  @Test
  void everyAdapterType_hasAnExample() {
    assertThat(adapters().map(Object::getClass).collect(Collectors.toSet()))
        .isEqualTo(concrete(AdapterSpec.class).collect(Collectors.toSet()));
  }

  private static Stream<Class<?>> concrete(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(MessageRoundTripTest::concrete)
        : Stream.of(type);
  }

  static Stream<FloeMessage> examples() {
    return examplesWith(WORKER.ref());
  }

  static Stream<FloeMessage> examplesWith(ActorRef<WorkerCommand> worker) {
    JobReport report =
        new JobReport(
            JobReport.Outcome.DIVERGED,
            4096,
            List.of(2.5, Double.POSITIVE_INFINITY, Double.NaN),
            Map.of("word-problems-test.accuracy", 0.25),
            12.5,
            810.0,
            null,
            new JobFigures(
                List.of(new StepPoint(1, 2.5, 0.5, 1e-3), new StepPoint(2, Double.NaN, 1.0, 1e-3)),
                List.of(new ValidationPoint(2, 2.25)),
                2,
                true,
                1e15,
                1L << 33,
                4096L,
                0.03,
                null),
            List.of("checkpoint step-00000004 is damaged and is skipped"));
    Progress progress = new Progress(Progress.Phase.PREPARING, 0, 30, Double.NaN, 0);
    Stream<FloeMessage> withoutJob =
        Stream.of(
            new WorkerCommand.Registered("w-1"),
            new WorkerCommand.CancelLease(LEASE, true),
            new WorkerCommand.CheckpointNow(LEASE),
            new WorkerCommand.Drain(),
            new WorkerCommand.ReportReceived(LEASE),
            new WorkerReport.Register(
                new WorkerInfo("w-1", "a processor", "cpu", 2, null), worker, List.of(LEASE)),
            new WorkerReport.Leaving("w-1"),
            new WorkerReport.Ended("w-1", 137, List.of("one", "two")),
            new WorkerReport.Accepted(LEASE),
            new WorkerReport.Room(
                "w-1", BundleKey.of(job(AdapterSpec.Prefix.plain(3))).orElseThrow(), 4),
            new WorkerReport.Heartbeat(LEASE, progress, List.of(new LossPoint(1, 2.5))),
            new WorkerReport.Finished(LEASE, report, worker),
            new WorkerReport.Failed(
                LEASE,
                new JobFailure(JobFailure.Kind.BUG, "no such thing", "at Trainer.java:1"),
                worker),
            new WorkerReport.Returned(LEASE, worker));
    return Stream.concat(
        withoutJob, adapters().map(adapter -> new WorkerCommand.RunLease(LEASE, job(adapter))));
  }

  private static Stream<AdapterSpec> adapters() {
    Placement role = Placement.ofRole("attention");
    Placement modules = Placement.ofModules(List.of("q_proj", "v_proj")).in(new LayerSet("2..5"));
    Placement match = Placement.ofMatch(".*\\.[0-3]\\.mlp\\..*");
    return Stream.of(
        new AdapterSpec.Lora(modules, 8, 16, 0.05, true, true, AdapterSpec.Bias.LORA_ONLY, null),
        new AdapterSpec.Ia3(role),
        AdapterSpec.Series.fixed(
            role, 4, AdapterSpec.Activation.TANH, 1, AdapterSpec.Insertion.OUTPUT),
        AdapterSpec.Parallel.fixed(match, 4, AdapterSpec.Activation.RELU, 2.5),
        new AdapterSpec.Parallel(
            role,
            4,
            AdapterSpec.Activation.RELU,
            Scaling.trained(),
            0.1,
            AdapterSpec.Beside.MLP_BLOCK,
            AdapterSpec.InitWeights.KAIMING),
        new AdapterSpec.Prefix(20, true, 64),
        new AdapterSpec.Prompt(8, "solve step by step"),
        new AdapterSpec.PTuning(8, AdapterSpec.Encoder.LSTM, 0),
        AdapterSpec.Full.everyWeight(AdapterSpec.Initial.RANDOM),
        new AdapterSpec.Full(AdapterSpec.Initial.PRETRAINED, modules),
        new AdapterSpec.Untuned());
  }

  private static JobSpec job(AdapterSpec adapter) {
    return new JobSpec(
        3,
        "/models/small",
        new DataSpec(
            "/data/train.json",
            List.of("/data/test.json"),
            Map.of("/data/test.json", Task.ARC_E),
            "alpaca",
            256,
            true,
            true,
            new HeldOut(null, 0, 0.1)),
        adapter,
        new TrainSpec(
            3,
            0,
            16,
            4,
            3e-4,
            0,
            0,
            1,
            TrainSpec.Schedule.COSINE,
            0.1,
            true,
            new Selection(80, Selection.Keep.LAST, 3, 0.01)),
        new EvaluateSpec(
            "sample", 32, 100, 0, new Sampling(0.7, 40, 0.9, 3), List.of("\n\n"), true),
        7,
        "/out/adapters/3",
        "/out/checkpoints/3",
        ComputeType.BFLOAT16,
        new BundleSpec(8, 2000),
        null);
  }
}
