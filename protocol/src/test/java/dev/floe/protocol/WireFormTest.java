package dev.floe.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.protocol.worker.WorkerCommand;
import dev.floe.protocol.worker.WorkerReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages as version 0.1 sent them are still understood: one file for each, which is never edited.
 * With {@code -Dfloe.write-fixtures=true} the files that are missing are written.
 */
class WireFormTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Serialization SERIALIZATION =
      SerializationExtension.get(Adapter.toClassic(KIT.system()));
  private static final Path DIRECTORY = Path.of("src/test/resources/messages/0.1");
  private static final int END_OF_MAP = 0xFF;

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void message_isUnderstoodAsItWasSent(Map.Entry<String, FloeMessage> example) throws IOException {
    Path file = DIRECTORY.resolve(example.getKey() + ".cbor");
    if (Boolean.getBoolean("floe.write-fixtures") && !Files.exists(file)) {
      Files.createDirectories(DIRECTORY);
      Files.write(file, sent(example.getValue()));
    }
    byte[] stored = Files.readAllBytes(file);
    assertMeansTheSame(received(stored, manifest(example.getValue())), example.getValue());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void fieldFromALaterVersion_isSkipped(Map.Entry<String, FloeMessage> example) {
    byte[] later = withField(sent(example.getValue()), "later");
    assertMeansTheSame(received(later, manifest(example.getValue())), example.getValue());
  }

  @Test
  void typeFromALaterVersion_isRefusedWithItsName() {
    byte[] sent = sent(new WorkerCommand.Drain());
    String later = WorkerReport.class.getName() + "$Later";
    assertThatThrownBy(() -> received(sent, later)).hasMessageContaining(later);
  }

  private static byte[] sent(FloeMessage message) {
    return SERIALIZATION.serialize(message).get();
  }

  private static Object received(byte[] bytes, String manifest) {
    int serializer = SERIALIZATION.findSerializerFor(new WorkerCommand.Drain()).identifier();
    return SERIALIZATION.deserialize(bytes, serializer, manifest).get();
  }

  private static String manifest(FloeMessage message) {
    return ((SerializerWithStringManifest) SERIALIZATION.findSerializerFor(message))
        .manifest(message);
  }

  /** References are made anew by each actor system, so what they refer to is not compared. */
  private static void assertMeansTheSame(Object read, FloeMessage example) {
    assertThat(read).isInstanceOf(example.getClass());
    assertThat(read)
        .usingRecursiveComparison()
        .withStrictTypeChecking()
        .withComparatorForType(Double::compare, Double.class) // NaN is NaN
        .ignoringFields("worker.classicRef")
        .isEqualTo(example);
  }

  /** A map of CBOR with one more entry, whose value is 1. */
  private static byte[] withField(byte[] map, String name) {
    assertThat(map[map.length - 1] & END_OF_MAP).as("a map of open length").isEqualTo(END_OF_MAP);
    byte[] key = name.getBytes(StandardCharsets.US_ASCII);
    byte[] longer = Arrays.copyOf(map, map.length + 2 + key.length);
    int at = map.length - 1;
    longer[at++] = (byte) (0x60 + key.length);
    System.arraycopy(key, 0, longer, at, key.length);
    longer[at + key.length] = 1;
    longer[longer.length - 1] = (byte) END_OF_MAP;
    return longer;
  }

  /** By the names of their files: the type, and of leases the adapter with a number. */
  static List<Map.Entry<String, FloeMessage>> examples() {
    Map<String, FloeMessage> examples = new TreeMap<>();
    ActorRef<WorkerCommand> worker = KIT.createTestProbe(WorkerCommand.class).ref();
    MessageRoundTripTest.examplesWith(worker)
        .forEach(
            message -> {
              String name = message.getClass().getSimpleName();
              if (message instanceof WorkerCommand.RunLease run) {
                name += "-" + run.job().adapter().getClass().getSimpleName();
              }
              int number = 2;
              for (String first = name; examples.containsKey(name); number++) {
                name = first + "-" + number;
              }
              examples.put(name, message);
            });
    return List.copyOf(examples.entrySet());
  }
}
