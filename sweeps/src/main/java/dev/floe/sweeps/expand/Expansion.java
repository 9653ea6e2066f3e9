package dev.floe.sweeps.expand;

import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.JobSpec;
import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.Axis;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The jobs of a sweep as an indexed, lazy product: job <i>i</i> is computed from <i>i</i> whenever
 * it is asked for and never stored, so the number of jobs costs nothing.
 *
 * <p>Order: the types, as the file lists them, are consecutive blocks. Within a block the axes of
 * {@link Axis} that apply to the type form a product in which the first axis varies slowest and the
 * seed fastest. An axis that does not apply to a type (alpha to {@code series}, rank to {@code
 * full}) has no digit in that type's block, so blocks differ in size and no job appears twice.
 *
 * <p>The same spec and directory give the same job for the same index, in every process.
 */
public final class Expansion {
  /** The parameter that every job has first. */
  public static final String TYPE = "adapter.type";

  private static final Set<Axis> ALWAYS_SHOWN =
      EnumSet.of(Axis.PLACEMENT, Axis.RANK, Axis.VIRTUAL_TOKENS, Axis.MODULES, Axis.SEED);

  private final SweepSpec spec;
  private final Path outputDirectory;
  private final String checkpointRoot;
  private final JobBuilder builder;
  private final DirectoryNames names;
  private final Map<AdapterType, Integer> blocks;
  private final List<Axis> shownAxes;
  private final int size;

  private Expansion(SweepSpec spec, Path outputDirectory, int size) {
    this.spec = spec;
    this.outputDirectory = outputDirectory.toAbsolutePath().normalize();
    this.size = size;
    checkpointRoot = checkpointRoot();
    builder = new JobBuilder(spec);
    names = new DirectoryNames(size);
    blocks = new LinkedHashMap<>();
    spec.adapter().types().forEach(type -> blocks.put(type, Math.toIntExact(jobs(spec, type))));
    shownAxes = shownAxes(spec);
  }

  /**
   * The jobs of {@code spec}; nothing is computed yet.
   *
   * @param outputDirectory the sweep's directory, which adapters and checkpoints go under
   * @throws IllegalArgumentException when there are more jobs than an {@code int} can count
   */
  public static Expansion of(SweepSpec spec, Path outputDirectory) {
    long jobs = jobs(spec);
    if (jobs > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          String.format("a sweep has at most %,d jobs, this one %,d", Integer.MAX_VALUE, jobs));
    }
    return new Expansion(spec, outputDirectory, (int) jobs);
  }

  /** How many jobs a sweep has; {@link Long#MAX_VALUE} when they are at least as many as that. */
  public static long jobs(SweepSpec spec) {
    long jobs = 0;
    for (AdapterType type : spec.adapter().types()) {
      long block = jobs(spec, type);
      jobs = block > Long.MAX_VALUE - jobs ? Long.MAX_VALUE : jobs + block;
    }
    return jobs;
  }

  private static long jobs(SweepSpec spec, AdapterType type) {
    long jobs = 1;
    for (Axis axis : Axis.values()) {
      int size = axis.size(spec, type);
      jobs = jobs > Long.MAX_VALUE / size ? Long.MAX_VALUE : jobs * size;
    }
    return jobs;
  }

  /** What has no default and the seed, wherever a type has them, and every axis that varies. */
  private static List<Axis> shownAxes(SweepSpec spec) {
    List<Axis> shown = new ArrayList<>();
    for (Axis axis : Axis.values()) {
      boolean always = ALWAYS_SHOWN.contains(axis);
      boolean exists = spec.adapter().types().stream().anyMatch(axis::appliesTo);
      if (exists && axis.values(spec).size() >= (always ? 1 : 2)) {
        shown.add(axis);
      }
    }
    return List.copyOf(shown);
  }

  public SweepSpec spec() {
    return spec;
  }

  /** The number of jobs, the baseline not counted. */
  public int size() {
    return size;
  }

  /**
   * Job {@code index} with every axis resolved.
   *
   * @throws IndexOutOfBoundsException unless {@code 0 <= index < size()}
   */
  public JobSpec job(int index) {
    Point point = point(index);
    return new JobSpec(
        index,
        spec.backbone(),
        spec.data(),
        builder.adapter(point),
        builder.train(point),
        spec.evaluate(),
        builder.seed(point),
        adapters(names.adapter(index, builder.parameters(point, shownAxes))),
        checkpoints(names.checkpoint(index)),
        builder.dtype(point),
        spec.bundles(),
        spec.checkpoint());
  }

  /** The job that scores the frozen backbone; its training settings are job 0's, and unused. */
  public JobSpec baseline() {
    Point first = point(0);
    return new JobSpec(
        JobSpec.BASELINE,
        spec.backbone(),
        spec.data(),
        new AdapterSpec.Untuned(),
        builder.train(first),
        spec.evaluate(),
        builder.seed(first),
        adapters("baseline"),
        checkpoints("baseline"),
        builder.dtype(first),
        spec.bundles(),
        null);
  }

  /**
   * What tells job {@code index} from the others, in the order of {@link #axes()}: {@code
   * adapter.type}; {@code adapter.placement} (its label), {@code adapter.rank}, {@code
   * adapter.virtual-tokens} and {@code adapter.modules} where the type has them; every other axis
   * that has more than one value and applies to the type; {@code seed}.
   *
   * @throws IndexOutOfBoundsException unless {@code 0 <= index < size()}
   */
  public Map<String, Object> parameters(int index) {
    return builder.parameters(point(index), shownAxes);
  }

  /** The keys that {@link #parameters} can have, in order. */
  public List<String> axes() {
    List<String> keys = new ArrayList<>(List.of(TYPE));
    shownAxes.forEach(axis -> keys.add(axis.key()));
    return keys;
  }

  private Point point(int index) {
    int offset = Objects.checkIndex(index, size);
    for (Map.Entry<AdapterType, Integer> block : blocks.entrySet()) {
      if (offset < block.getValue()) {
        return Point.decode(spec, block.getKey(), offset);
      }
      offset -= block.getValue();
    }
    throw new IllegalStateException("the blocks of the expansion do not add up to its size");
  }

  private String adapters(String name) {
    return outputDirectory.resolve("adapters").resolve(name).toString();
  }

  /** Where sweeps may share a directory, each has its own below it. */
  private String checkpointRoot() {
    return spec.checkpoint() != null && spec.checkpoint().path() != null
        ? spec.checkpoint().path() + "/" + spec.id()
        : outputDirectory.resolve("checkpoints").toString();
  }

  private String checkpoints(String name) {
    return checkpointRoot + "/" + name;
  }
}
