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
 *   validation: {fraction: 0.1}        # default none; or {rows: 120} or {file: validation.json}
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
 *   eval-every: 80                     # steps between validations; default one pass
 *   keep: best                         # default; or last
 *   early-stop: {patience: 3, min-delta: 0}   # default never
 * seeds: [0]                           # default
 * dtype: float32                       # default; or bfloat16: what to compute in
 * bundles: on                          # default; or off, or {max-jobs: 16, token-budget: 500}
 * evaluate:
 *   decode: greedy                     # default; or beam, sample
 *   max-new-tokens: 256                # default
 *   beams: 4                           # beam; default
 *   temperature: 1.0                   # sample; default, as are all tokens for the next two
 *   top-k: 40                          # sample
 *   top-p: 0.95                        # sample
 *   seed: 0                            # sample; default
 *   stop: ["\\n\\n"]                     # texts that end a continuation; default none
 *   ignore-eos: false                  # default
 *   limit: 50                          # the first so many rows of each set; default all
 * checkpoint: {every-seconds: 15}      # default; or every-steps, or both
 * failures:                            # what differs from FailurePolicies' defaults
 *   bug: {attempts: 5, delay: 2, max-delay: 60, jitter: 0.2}   # also lost, hung, out-of-memory
 *   lost: {free: 10}                   # losses that use up no attempt
 *   poison: {takedowns: 3}
 * }</pre>
 *
 * <p>Everything in {@code adapter} and {@code train}, {@code seeds} and {@code dtype}, may be an
 * axis; what is done with the validation loss is the same for all jobs.
 */
public final class SweepFile {
  /** Longest file that is read, in bytes. */
  static final int LARGEST = 1_000_000;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final List<Long> DEFAULT_SEEDS = List.of(0L);

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
      TrainReader reader = new TrainReader(section.section("train"), problems);
      train = reader.read();
      reader.checkValidated(!section.has("data") || section.section("data").has("validation"));
    }
    List<Long> seeds = section.axis("seeds", ScalarType.wholeLong(0));
    List<ComputeType> dtypes = section.axis("dtype", ScalarType.choice(ComputeType.class));
    BundleSpec bundles = BundlesReader.read(section);
    EvaluateSpec evaluate = new EvaluateReader(section.section("evaluate"), problems).read();
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
