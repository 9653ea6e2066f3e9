package dev.floe.sweeps.results;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * {@code results.jsonl}: a line for each job that ended, in the order in which they did, each an
 * entry of {@code results.json}. For sweeps of so many jobs that nobody can write all of them anew
 * whenever one ends. Of several lines about a job the last one counts.
 */
public final class ResultLines implements Closeable {
  /** The file's name in the sweep's directory. */
  public static final String FILE = "results.jsonl";

  private static final byte[] START = "{\"job\":".getBytes(StandardCharsets.US_ASCII);
  private static final int BUFFER = 1 << 16;

  /** Receives what a scan finds. */
  private interface LineVisitor {
    void visit(int job, long offset);
  }

  private final Path file;
  private final OutputStream out;

  private ResultLines(Path file, OutputStream out) {
    this.file = file;
    this.out = out;
  }

  /**
   * Opens a directory's file to append to it, and makes it if it is missing. A last line that was
   * cut off when an earlier process was killed is taken away.
   *
   * @param present is told of each job that the file holds
   */
  public static ResultLines open(Path directory, BitSet present) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(FILE);
    if (Files.exists(file)) {
      long end = scan(file, (job, offset) -> present.set(job));
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(end);
      }
    }
    OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return new ResultLines(file, new BufferedOutputStream(out, BUFFER));
  }

  /** Appends lines; written when this returns, if not yet safe from a power failure. */
  public void append(List<JobResult> results) throws IOException {
    for (JobResult result : results) {
      out.write(ResultsJson.line(result));
      out.write('\n');
    }
    out.flush();
  }

  /**
   * Makes {@code results.json}, replaced in one step, from what the file holds now.
   *
   * @param sweep all but its jobs
   * @param jobs how many there are
   * @param ended jobs whose lines hold; one that is tried again may have a line of before
   * @param unfinished the entry of a job that has no line, or none that holds
   */
  public void export(SweepResults sweep, int jobs, BitSet ended, IntFunction<JobResult> unfinished)
      throws IOException {
    long[] offsets = new long[jobs];
    scan(file, (job, offset) -> offsets[job] = ended.get(job) ? offset + 1 : 0); // 0: none
    Path target = file.resolveSibling(ResultsJson.FILE);
    try (RandomAccessFile lines = new RandomAccessFile(file.toFile(), "r")) {
      AtomicFile.write(
          target,
          stream -> {
            OutputStream json = new BufferedOutputStream(stream, BUFFER);
            ResultsJson.writeHead(json, sweep);
            LineReader reader = new LineReader(lines);
            for (int job = 0; job < jobs; job++) {
              json.write((job == 0 ? "\n" : ",\n").getBytes(StandardCharsets.US_ASCII));
              if (offsets[job] == 0) {
                json.write(ResultsJson.line(unfinished.apply(job)));
              } else {
                reader.copy(offsets[job] - 1, json);
              }
            }
            json.write("\n]}\n".getBytes(StandardCharsets.US_ASCII));
            json.flush();
          });
    }
  }

  /** Reads what the file says about these jobs: of each that has lines, the last. */
  public List<JobResult> latest(BitSet jobs) throws IOException {
    if (jobs.isEmpty()) {
      return List.of();
    }
    Map<Integer, Long> offsets = new TreeMap<>();
    scan(
        file,
        (job, offset) -> {
          if (jobs.get(job)) {
            offsets.put(job, offset);
          }
        });
    List<JobResult> latest = new ArrayList<>();
    try (RandomAccessFile lines = new RandomAccessFile(file.toFile(), "r")) {
      LineReader reader = new LineReader(lines);
      for (long offset : offsets.values()) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        reader.copy(offset, line);
        latest.add(ResultsJson.readLine(line.toByteArray()));
      }
    }
    return latest;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  /** Visits every whole line; gives the offset behind the last of them. */
  private static long scan(Path file, LineVisitor visitor) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
      long start = 0;
      long offset = 0;
      int column = 0;
      int job = 0;
      boolean digits = true;
      for (int next = in.read(); next >= 0; next = in.read()) {
        offset++;
        if (next == '\n') {
          visitor.visit(job, start);
          start = offset;
          column = 0;
          job = 0;
          digits = true;
          continue;
        }
        if (column < START.length) {
          require(next == START[column], file, start);
        } else if (digits && next >= '0' && next <= '9') {
          job = job * 10 + next - '0';
        } else {
          digits = false;
        }
        column++;
      }
      return start;
    }
  }

  private static void require(boolean asExpected, Path file, long offset) throws IOException {
    if (!asExpected) {
      throw new IOException(
          file
              + ": the line at byte "
              + offset
              + " is no result: move the file away, and it is"
              + " made again");
    }
  }

  /** Copies lines out of a file in any order; neighbours mostly lie in the same piece. */
  private static final class LineReader {
    private final RandomAccessFile file;
    private final byte[] piece = new byte[1 << 14];
    private long start;
    private int length;

    private LineReader(RandomAccessFile file) {
      this.file = file;
    }

    private void copy(long offset, OutputStream out) throws IOException {
      long position = offset;
      while (true) {
        if (position < start || position >= start + length) {
          load(position);
        }
        int from = (int) (position - start);
        int to = from;
        while (to < length && piece[to] != '\n') {
          to++;
        }
        out.write(piece, from, to - from);
        if (to < length) {
          return;
        }
        position = start + length;
      }
    }

    private void load(long position) throws IOException {
      file.seek(position);
      start = position;
      length = Math.max(0, file.read(piece));
      if (length == 0) {
        throw new IOException("the results were cut off while they were read");
      }
    }
  }
}
