package dev.floe.sweeps.file;

import dev.floe.protocol.failure.FailurePolicies;
import dev.floe.protocol.job.BundleSpec;
import dev.floe.protocol.job.CheckpointSpec;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.sweeps.check.Problem;
import dev.floe.sweeps.expand.Expansion;
import dev.floe.sweeps.spec.AdapterAxes;
import dev.floe.sweeps.spec.SweepSpec;
import dev.floe.sweeps.spec.TrainAxes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The sweep language: YAML in which a list is an axis and a scalar is fixed.
 *
 * <pre>{@code
 * name: quickstart
 * backbone: backbones/quickstart       # a Hugging Face directory; paths are relative to this file
 * data:
 *   train: data/train.json
 *   evaluate: [data/test.json]         # optional; every job is scored on all sets
 *                                      # also {file: test.json, task: gsm8k}, see docs/data.md
 *   prompt: alpaca                     # default; or none, or a template with {instruction}
 *   cutoff: 256                        # default
 *   train-on-inputs: true              # default
 *   order: shuffle                     # default; or as-given
 * adapter:
 *   type: [lora, series, parallel]     # also ia3, which has no rank; prefix, prompt, p-tuning and
 *                                      # full, which have neither rank nor placement
 *   placement: [attention, mlp]        # see PlacementReader for modules, expressions and layers
 *   rank: [4, 16]
 *   virtual-tokens: 20                 # prefix, prompt, p-tuning
 *   projection: false                  # prefix; default
 *   encoder: mlp                       # p-tuning; default; or lstm
 *   encoder-size: 512                  # prefix with a projection, p-tuning; default: the backbone's
 *   init-text: Solve the problem.      # prompt; default: random values
 *   alpha: 16                          # lora; default twice the rank
 *   dropout: 0                         # lora, series, parallel; default
 *   rslora: false                      # lora; default
 *   dora: false                        # lora; default
 *   bias: none                         # lora; default; or all, lora-only
 *   activation: tanh                   # series, parallel; default
 *   scaling: 1                         # series, parallel; default
 *   insertion: output                  # series; default; or input
 *   init: pretrained                   # full; default; or random
 * train:
 *   epochs: 3                          # or steps
 *   batch: 16
 *   micro-batch: 4                     # default: the batch
 *   learning-rate: 3e-4
 *   schedule: linear                   # default; or cosine, constant
 *   warmup-steps: 20                   # default 0
 *   warmup-ratio: 0.03                 # of all steps; instead of warmup-steps
 *   group-by-length: false             # default
 *   weight-decay: 0.0                  # default
 *   clip: 1.0                          # default; 0 for none
 * seeds: [0]                           # default
 * dtype: float32                       # default; or bfloat16: what to compute in
 * bundles: on                          # default; or off, or {max-jobs: 16, token-budget: 1000}
 * evaluate: {decode: greedy, max-new-tokens: 256}  # default
 *   # and limit: the first so many rows of each set; default all
 * checkpoint: {every-seconds: 15}      # default; or every-steps, or both
 * failures:                            # what differs from FailurePolicies' defaults
 *   bug: {attempts: 5, delay: 2, max-delay: 60, jitter: 0.2}   # also lost, hung, out-of-memory
 *   lost: {free: 10}                   # losses that use up no attempt
 *   poison: {takedowns: 3}
 * }</pre>
 *
 * <p>Everything in {@code adapter} and {@code train}, {@code seeds} and {@code dtype}, may be an
 * axis.
 */
public final class SweepFile {
  /** Longest file that is read, in bytes. */
  static final int LARGEST = 1_000_000;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final List<Long> DEFAULT_SEEDS = List.of(0L);
  private static final int DEFAULT_NEW_TOKENS = 256;
  private static final int ALL_ROWS = 0;

  private enum Decode {
    GREEDY
  }

  private final Path directory;
  private final Problems problems;
  private final ScalarType<String> paths = this::absolute;

  private SweepFile(Path directory, Problems problems) {
    this.directory = directory;
    this.problems = problems;
  }

  /**
   * Reads and checks a sweep file. Whether the paths in it exist is not looked at.
   *
   * @throws SweepFileException with every problem that the file has
   */
  public static SweepSpec read(Path file) throws SweepFileException {
    return read(file, Settings.NONE);
  }

  /**
   * Reads and checks a sweep file in which some values are others than it says.
   *
   * @throws SweepFileException with every problem that file and settings have
   */
  public static SweepSpec read(Path file, Settings settings) throws SweepFileException {
    Problems problems = new Problems(file.toString());
    return sweep(file, root(file, settings, problems), problems);
  }

  /** The document with the settings in it; what keeps it from being read is thrown. */
  static Node root(Path file, Settings settings, Problems problems) throws SweepFileException {
    Node root = NodeReader.read(text(file), problems).orElse(null);
    if (root == null) {
      problems.throwIfAny();
    }
    return settings.over(root);
  }

  /** The sweep that a document describes; throws all problems found up to its end. */
  static SweepSpec sweep(Path file, Node root, Problems problems) throws SweepFileException {
    SweepSpec spec = new SweepFile(directory(file), problems).sweep(root);
    problems.throwIfAny();
    return spec;
  }

  /** What a path in the file stands for. */
  static String absolute(Path file, Node node) throws Unfit {
    return new SweepFile(directory(file), new Problems(file.toString())).absolute(node);
  }

  private static Path directory(Path file) {
    return file.toAbsolutePath().normalize().getParent();
  }

  private SweepSpec sweep(Node root) {
    Section section = Section.of(Keys.ROOT, root, problems);
    List.of("name", "backbone", "data", "adapter", "train").forEach(section::require);
    String name =
        section.scalar(
            "name",
            ScalarType.text(
                "up to 64 letters, digits, dots, dashes and underscores", NAME.asMatchPredicate()),
            null);
    String backbone = section.scalar("backbone", paths, null);
    DataSpec data = null;
    if (section.has("data")) {
      data = new DataReader(section.section("data"), paths, problems).read();
    }
    AdapterAxes adapter = null;
    if (section.has("adapter")) {
      adapter = new AdapterReader(section.section("adapter"), problems).read();
    }
    TrainAxes train = null;
    if (section.has("train")) {
      train = new TrainReader(section.section("train"), problems).read();
    }
    List<Long> seeds = section.axis("seeds", ScalarType.wholeLong(0));
    List<ComputeType> dtypes = section.axis("dtype", ScalarType.choice(ComputeType.class));
    BundleSpec bundles = BundlesReader.read(section);
    EvaluateSpec evaluate = evaluate(section.section("evaluate"));
    CheckpointSpec checkpoint =
        section.has("checkpoint")
            ? FailuresReader.checkpoint(section.section("checkpoint"), paths)
            : null;
    FailurePolicies failures =
        section.has("failures") ? FailuresReader.failures(section.section("failures")) : null;
    if (!problems.none()) {
      return null;
    }
    return bounded(
        new SweepSpec(
            name,
            backbone,
            data,
            adapter,
            train,
            seeds.isEmpty() ? DEFAULT_SEEDS : seeds,
            evaluate,
            dtypes,
            bundles,
            checkpoint,
            failures));
  }

  private static EvaluateSpec evaluate(Section section) {
    Decode decode = section.scalar("decode", ScalarType.choice(Decode.class), Decode.GREEDY);
    int tokens = section.scalar("max-new-tokens", ScalarType.whole(1), DEFAULT_NEW_TOKENS);
    int limit = section.scalar("limit", ScalarType.whole(1), ALL_ROWS);
    return new EvaluateSpec(decode.name().toLowerCase(Locale.ROOT), tokens, limit);
  }

  private SweepSpec bounded(SweepSpec spec) {
    if (Expansion.jobs(spec) > Integer.MAX_VALUE) {
      problems.add("", 0, "the axes multiply to more than " + Integer.MAX_VALUE + " jobs");
    }
    return spec;
  }

  private String absolute(Node node) throws Unfit {
    String path = ScalarType.text("a path", text -> true).parse(node);
    try {
      Path base = node.line() == Settings.NO_LINE ? Path.of("").toAbsolutePath() : directory;
      return base.resolve(path).normalize().toString();
    } catch (InvalidPathException e) {
      throw ScalarType.unexpected("a path", node);
    }
  }

  private static String text(Path file) throws SweepFileException {
    if (Files.isDirectory(file)) {
      throw unreadable(file, "is a directory; name the sweep's YAML file");
    }
    if (!Files.exists(file)) {
      throw unreadable(file, "there is no such file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw unreadable(file, "is larger than " + LARGEST + " bytes; a sweep file is not");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw unreadable(file, "is not UTF-8 text");
    } catch (IOException e) {
      throw unreadable(file, "cannot be read: " + e.getMessage());
    }
  }

  private static SweepFileException unreadable(Path file, String what) {
    return new SweepFileException(List.of(new Problem(file.toString(), what)));
  }
}
