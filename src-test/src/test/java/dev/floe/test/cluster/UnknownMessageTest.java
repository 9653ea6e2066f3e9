package dev.floe.test.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.floe.coordinator.Coordinator;
import dev.floe.coordinator.CoordinatorClient;
import dev.floe.coordinator.CoordinatorConfig;
import dev.floe.coordinator.CoordinatorSettings;
import dev.floe.protocol.FloeMessage;
import dev.floe.protocol.worker.WorkerCommand;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.protocol.worker.WorkerReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A node of a later version tells the coordinator something that it has never heard of. */
class UnknownMessageTest {
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Config REMOTE =
      ConfigFactory.parseString(
          """
          pekko {
            actor { provider = remote, allow-java-serialization = off }
            remote { warn-about-direct-use = off, use-unsafe-remote-features-outside-cluster = on }
            remote.artery { transport = tcp, canonical { hostname = "127.0.0.1", port = 0 } }
            fail-mixed-versions = off
          }
          """);

  /** What only the later version has. */
  record Later(String news) implements FloeMessage {}

  /** Loads what this version has. */
  private static final class EarlierVersion extends ClassLoader {
    EarlierVersion() {
      super(UnknownMessageTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.equals(Later.class.getName())) {
        throw new ClassNotFoundException(name);
      }
      return super.loadClass(name, resolve);
    }
  }

  @TempDir private Path directory;
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final CompletableFuture<ActorRef<Coordinator.Command>> coordinator =
      new CompletableFuture<>();
  private final CompletableFuture<ActorRef<WorkerReport>> reports = new CompletableFuture<>();
  private ActorSystem<Receptionist.Listing> system;
  private ActorTestKit worker;

  @BeforeEach
  void start() {
    logged.start();
    rootLogger().addAppender(logged);
    Config journal = CoordinatorConfig.embedded(directory);
    system =
        ActorSystem.create(
            guardian(),
            "coordinator",
            BootstrapSetup.create(REMOTE.withFallback(journal))
                .withClassloader(new EarlierVersion()));
    worker = ActorTestKit.create("worker", REMOTE.withFallback(ConfigFactory.load()));
  }

  @AfterEach
  void stop() {
    worker.shutdownTestKit();
    ActorTestKit.shutdown(system);
    rootLogger().detachAppender(logged);
  }

  @Test
  void messageOfAnUnknownType_isLoggedAndDropped() {
    ActorRef<WorkerReport> local = done(reports);
    ActorRef<WorkerReport> remote =
        ActorRefResolver.get(worker.system())
            .resolveActorRef(ActorRefResolver.get(system).toSerializationFormat(local));
    TestProbe<WorkerCommand> probe = worker.createTestProbe(WorkerCommand.class);

    remote.<FloeMessage>unsafeUpcast().tell(new Later("something new"));
    WorkerInfo info = new WorkerInfo("w-1", "a processor", "cpu", 1, null);
    remote.tell(new WorkerReport.Register(info, probe.ref(), List.of()));

    probe.expectMessage(LONGEST, new WorkerCommand.Registered("w-1"));
    assertThat(done(new CoordinatorClient(done(coordinator), system).workers()))
        .extracting(view -> view.info().id())
        .containsExactly("w-1");
    assertThat(List.copyOf(logged.list))
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(line -> line.contains("deserialize") && line.contains(Later.class.getName()));
  }

  /** Has a coordinator, and learns where workers find it. */
  private Behavior<Receptionist.Listing> guardian() {
    return Behaviors.setup(
        context -> {
          coordinator.complete(
              context.spawn(Coordinator.create(CoordinatorSettings.EMBEDDED), "coordinator"));
          context
              .getSystem()
              .receptionist()
              .tell(Receptionist.subscribe(WorkerReport.COORDINATOR, context.getSelf()));
          return Behaviors.receive(Receptionist.Listing.class)
              .onAnyMessage(
                  listing -> {
                    listing
                        .getServiceInstances(WorkerReport.COORDINATOR)
                        .forEach(reports::complete);
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private static Logger rootLogger() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  private static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(LONGEST.toSeconds(), TimeUnit.SECONDS).join();
  }
}
