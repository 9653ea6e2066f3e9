package dev.floe.worker.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.worker.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that were cut, bent or made to do harm: each is refused in one line naming it. */
class HostileSafetensorsTest {
  @TempDir Path directory;

  @Test
  void truncation_isDetectedAtEveryInterestingByte() throws Exception {
    byte[] whole = Files.readAllBytes(Golden.path("llama/model/model.safetensors"));
    int header = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    TreeSet<Integer> lengths = new TreeSet<>();
    IntStream.range(0, 40).forEach(lengths::add);
    IntStream.range(header - 40, header + 60).forEach(lengths::add);
    IntStream.range(whole.length - 40, whole.length).forEach(lengths::add);
    IntStream.iterate(0, at -> at < whole.length, at -> at + 997).forEach(lengths::add);
    for (int length : lengths) {
      assertRefused(Arrays.copyOf(whole, length), "damaged");
    }
  }

  @Test
  void trailingBytes_areRefused() throws Exception {
    byte[] whole = Files.readAllBytes(Golden.path("llama/model/model.safetensors"));
    assertRefused(Arrays.copyOf(whole, whole.length + 3), "the last 3 bytes belong to no tensor");
  }

  @ParameterizedTest
  @CsvSource({
    "1000000000000000, 'claims a header of 1000000000000000 bytes, but the file has 42 bytes'",
    "-1, 'claims a header of 18446744073709551615 bytes'",
    "-9223372036854775808, 'claims a header of 9223372036854775808 bytes'",
    "35, 'claims a header of 35 bytes'",
  })
  void headerLengthBeyondTheFile_isRefusedBeforeAnythingIsAllocated(long length, String problem)
      throws Exception {
    byte[] bytes = new byte[42];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    assertRefused(bytes, problem);
  }

  @Test
  void headerOverTheLimit_isRefusedEvenIfTheFileIsThatLarge() throws Exception {
    Path file = directory.resolve("sparse.safetensors");
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    length.putLong(SafetensorsFile.LONGEST_HEADER + 1).flip();
    try (var channel =
        Files.newByteChannel(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      channel.write(length);
      channel.position(SafetensorsFile.LONGEST_HEADER + 100);
      channel.write(ByteBuffer.wrap(new byte[1]));
    }
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("more than the format's limit of 100000000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{",
        "{} {}",
        "{}x",
        "not json",
        "{'a':1}",
        "{\"a\":1}",
        "{\"__metadata__\":[]}",
        "{\"__metadata__\":{\"k\":{}}}",
      })
  void headerThatIsNoTable_isRefused(String header) throws Exception {
    assertRefused(RawSafetensors.bytes(header, 0), "damaged");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"dtype\":\"F32\",\"shape\":[1]                                 | data_offsets is missing",
        "\"dtype\":\"F32\",\"data_offsets\":[0,4]                        | shape is missing",
        "\"shape\":[1],\"data_offsets\":[0,4]                            | dtype is missing",
        "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1  | unknown key \"x\"",
        "\"dtype\":\"Q4\",\"shape\":[1],\"data_offsets\":[0,4]           | type \"Q4\" is not supported",
        "\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,4]                | dtype is not a string",
        "\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]            | shape is not a list",
        "\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]        | no whole number",
        "\"dtype\":\"F32\",\"shape\":[[1]],\"data_offsets\":[0,4]        | no whole number",
        "\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]         | shape holds -1",
        "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]         | data_offsets holds -4",
        "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]          | no [begin, end]",
        "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]            | no [begin, end]",
        "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]        | no [begin, end]",
        "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]          | takes 8 bytes, but data_offsets give it 4",
        "\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,4]          | takes 0 bytes",
        "\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0] | larger than any file",
        "\"dtype\":\"F64\",\"shape\":[2305843009213693952],\"data_offsets\":[0,0]   | larger than any file",
        "\"dtype\":\"F32\",\"shape\":[4611686018427387905],\"data_offsets\":[0,4]   | larger than any file",
        "\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]  | which no file can",
        "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,9223372036854775807]   | takes 4 bytes",
        "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]          | is cut off after 4",
        "\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[1,4]           | 1 bytes before tensor \"a\" belong to no",
        "\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[0,3]           | the last 1 bytes belong to no",
      })
  void brokenEntry_isRefusedNamingTheTensor(String entry, String problem) throws Exception {
    assertRefused(RawSafetensors.bytes("{\"a\":{" + entry + "}}", 4), problem);
  }

  @Test
  void overlappingTensors_areRefusedNamingBoth() throws Exception {
    String header =
        """
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
         "b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""";
    assertRefused(RawSafetensors.bytes(header, 12), "tensor \"b\" overlaps tensor \"a\"");
  }

  @Test
  void repeatedName_isRefused() throws Exception {
    String header =
        """
        {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
         "a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""";
    assertRefused(RawSafetensors.bytes(header, 8), "Duplicate field 'a'");
  }

  @Test
  void tooManyDimensions_areRefused() throws Exception {
    String ones = IntStream.range(0, 1000).mapToObj(i -> "1").collect(Collectors.joining(","));
    String header = "{\"a\":{\"dtype\":\"I8\",\"shape\":[" + ones + "],\"data_offsets\":[0,1]}}";
    assertRefused(RawSafetensors.bytes(header, 1), "more than 32 numbers");
  }

  @Test
  void deepNesting_isRefusedWithoutOverflowingTheStack() throws Exception {
    String header = "{\"a\":{\"shape\":" + "[".repeat(1_000_000);
    assertRefused(RawSafetensors.bytes(header, 0), "no whole number");
    String metadata = "{\"__metadata__\":" + "{\"k\":".repeat(1_000_000);
    assertRefused(RawSafetensors.bytes(metadata, 0), "is not a string");
  }

  @Test
  void headerThatIsNotUtf8_isRefused() throws Exception {
    byte[] header =
        "{\"a?\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]}}"
            .getBytes(StandardCharsets.UTF_8);
    header[3] = (byte) 0xFF;
    assertRefused(RawSafetensors.bytes(header, 1), "not valid UTF-8");
  }

  @Test
  void headerInUtf16_isRefused() throws Exception {
    byte[] header = "{}".getBytes(StandardCharsets.UTF_16LE);
    assertRefused(RawSafetensors.bytes(header, 0), "not valid JSON");
  }

  @Test
  void hostileTensorName_staysOnOneShortLine() throws Exception {
    String name = "x\\n\\u001b[31m" + "y".repeat(10_000);
    assertRefused(RawSafetensors.bytes("{\"" + name + "\":3}", 0), "its entry is not an object");
  }

  @Test
  void pickleUnderTheName_isRefused() throws Exception {
    byte[] zip = new byte[200];
    System.arraycopy("PK\003\004".getBytes(StandardCharsets.UTF_8), 0, zip, 0, 4);
    assertRefused(zip, "claims a header of 67324752 bytes");
  }

  @Test
  void directoryUnderTheName_isRefused() {
    assertThatThrownBy(() -> SafetensorsFile.open(directory))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("there is no such file");
  }

  @Test
  void writtenFileWithOneByteOfHeaderChanged_neverFailsOtherwise() throws Exception {
    Path file = directory.resolve("small.safetensors");
    TensorData tensor = TensorData.ofFloats("w", new long[] {2, 3}, new float[6]);
    SafetensorsWriter.write(file, List.of(tensor), Map.of("k", "v"));
    byte[] whole = Files.readAllBytes(file);
    int refused = 0;
    for (int at = 0; at < whole.length; at++) {
      for (int flip : new int[] {0x01, 0x10, 0x80, 0xFF}) {
        byte[] bent = whole.clone();
        bent[at] ^= (byte) flip;
        Files.write(file, bent);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
          for (String name : opened.names()) {
            assertThat(opened.buffer(name).remaining()).isEqualTo(24);
          }
        } catch (SafetensorsException e) {
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(whole.length);
  }

  private void assertRefused(byte[] bytes, String problem) throws IOException {
    Path file = Files.write(directory.resolve("hostile.safetensors"), bytes);
    assertThatThrownBy(() -> SafetensorsFile.open(file).close())
        .isInstanceOf(SafetensorsException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(problem)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500).matches("[^\\p{Cntrl}]*"));
  }
}
