package dev.floe.cli.rationales;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.worker.files.OneLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A teacher's outputs as JSON lines: {@code {id, output}} or {@code {question, output}}, where the
 * id is the question's row, from 1, and {@code finish_reason: "length"} marks what was cut off.
 *
 * @param broken one message for each line that is none of these
 */
record TeacherLog(List<TeacherLine> lines, List<String> broken) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST_EXCERPT = 60;

  TeacherLog {
    lines = List.copyOf(lines);
    broken = List.copyOf(broken);
  }

  /** Reads a log. A broken line is told and left out: what a teacher said costs money. */
  static TeacherLog read(Path file) throws IOException {
    // bytes that are no UTF-8 become replacement characters, and so spoil their own line alone
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    List<TeacherLine> lines = new ArrayList<>();
    List<String> broken = new ArrayList<>();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        lines.add(parse(line));
      } catch (BrokenLineException e) {
        broken.add("%s: line %d %s".formatted(file, number, e.getMessage()));
      }
    }
    return new TeacherLog(lines, broken);
  }

  /** Opens a log to be added to, new or not. */
  static Appender append(Path file, String model) throws IOException {
    return new Appender(file, model);
  }

  private static TeacherLine parse(String text) throws BrokenLineException {
    JsonNode line;
    try {
      line = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new BrokenLineException("is no JSON: " + OneLine.shorten(text, LONGEST_EXCERPT));
    }
    if (!line.path("output").isTextual()) {
      throw new BrokenLineException("has no \"output\" that is a string");
    }
    boolean byId = line.path("id").canConvertToInt() && line.path("id").intValue() > 0;
    boolean byQuestion = line.path("question").isTextual();
    if (!byId && !byQuestion) {
      throw new BrokenLineException(
          "names no row: it needs \"id\", the row's number from 1, or \"question\", its text");
    }
    return new TeacherLine(
        byId ? line.path("id").intValue() : 0,
        byQuestion ? line.path("question").textValue() : null,
        line.path("output").textValue(),
        "length".equals(line.path("finish_reason").asText()));
  }

  private static final class BrokenLineException extends Exception {
    BrokenLineException(String problem) {
      super(problem);
    }
  }

  /** Adds lines, each on the disk before the next question is paid for; from any thread. */
  static final class Appender implements AutoCloseable {
    private final FileChannel channel;
    private final String model;

    private Appender(Path file, String model) throws IOException {
      this.model = model;
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      channel.position(channel.size());
      endTornLine();
    }

    /** A line that a crash left without its end would swallow the next one. */
    private void endTornLine() throws IOException {
      long size = channel.size();
      ByteBuffer last = ByteBuffer.allocate(1);
      if (size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n') {
        write("\n");
      }
    }

    synchronized void add(TeacherLine line) throws IOException {
      write(line.toJson(model) + "\n");
      channel.force(false);
    }

    private void write(String text) throws IOException {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
