package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.floe.protocol.backbone.BackboneDescription;
import dev.floe.protocol.job.ComputeType;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.config.BackboneInspector;
import dev.floe.worker.config.BackboneInspector.Part;
import dev.floe.worker.config.BackboneLayout;
import dev.floe.worker.config.TargetModule;
import dev.floe.worker.config.WeightSlot;
import dev.floe.worker.kernel.Kernels;
import dev.floe.worker.safetensors.TensorValues;
import dev.floe.worker.safetensors.WeightFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A frozen language model, resident on one device: loaded once, shared by every job. Owns its
 * weights; closing frees them.
 */
public final class Backbone implements AutoCloseable {
  private final NDManager manager;
  private final Kernels kernels;
  private final BackboneConfig config;
  private final BackboneLayout layout;
  private final BackboneDescription description;
  private final Architecture architecture;
  private final Map<String, NDArray> weights = new HashMap<>();
  private PrefixStates prefixStates;

  private Backbone(
      NDManager manager, BackboneConfig config, BackboneDescription description, ComputeType type) {
    this.manager = manager;
    this.kernels = Kernels.load(manager, type);
    this.config = config;
    this.layout = config.layout();
    this.description = description;
    this.architecture = Architecture.of(config, kernels, manager);
    this.prefixStates = new PrefixStates(manager, 0);
  }

  /**
   * Loads a Hugging Face model directory, its weights in whatever type, to compute in another.
   *
   * @param parent the device's manager
   * @param type what weights are kept and activations computed in
   * @throws InvalidJobException when the directory is no backbone that floe can run
   */
  public static Backbone load(NDManager parent, Path directory, ComputeType type)
      throws IOException {
    Backbone backbone = open(parent, directory, EnumSet.of(Part.WEIGHTS), type);
    try (WeightFiles files = WeightFiles.open(directory)) {
      ByteBuffer scratch = backbone.scratch();
      for (WeightSlot slot : backbone.layout.weights()) {
        String stored = backbone.layout.storedName(slot, files.names());
        float[] values = TensorValues.toFloats(files.entry(stored).dtype(), files.buffer(stored));
        backbone.put(slot, values, scratch);
      }
      backbone.stack();
      return backbone;
    } catch (IOException | RuntimeException e) {
      backbone.close();
      throw e;
    }
  }

  /**
   * Room for the largest weight in float32. One for all: DJL would make one for each, and keep it
   * until Java's garbage collector comes by.
   */
  private ByteBuffer scratch() {
    long most = layout.weights().stream().mapToLong(WeightSlot::elements).max().orElse(0);
    return ByteBuffer.allocateDirect(Math.toIntExact(most * Float.BYTES))
        .order(ByteOrder.nativeOrder());
  }

  private void put(WeightSlot slot, float[] values, ByteBuffer scratch) {
    scratch.clear().limit(Math.toIntExact((long) values.length * Float.BYTES));
    scratch.asFloatBuffer().put(values);
    try (NDArray wide = manager.create(scratch, new Shape(slot.shape()), DataType.FLOAT32)) {
      weights.put(slot.name(), kernels.toComputeType(manager, wide));
    }
  }

  /** A backbone without weights: its config alone, for training from random initialisation. */
  public static Backbone blank(NDManager parent, Path directory, ComputeType type)
      throws IOException {
    return open(parent, directory, EnumSet.noneOf(Part.class), type);
  }

  private static Backbone open(
      NDManager parent, Path directory, EnumSet<Part> parts, ComputeType type) throws IOException {
    BackboneDescription description = BackboneInspector.describe(directory, parts);
    return new Backbone(parent.newSubManager(), BackboneConfig.read(directory), description, type);
  }

  /** Keeps modules that read the same input as one matrix; their own weights become views of it. */
  private void stack() {
    for (int layer = 0; layer < config.layers(); layer++) {
      for (List<String> modules : architecture.stacked()) {
        stack(layout.layerPath(layer) + ".", modules, ".weight");
        stack(layout.layerPath(layer) + ".", modules, ".bias");
      }
    }
  }

  private void stack(String path, List<String> modules, String suffix) {
    List<String> names = modules.stream().map(module -> path + module + suffix).toList();
    if (!weights.keySet().containsAll(names)) {
      return;
    }
    NDArray whole = kernels.rows().stack(manager, names.stream().map(weights::get).toList());
    weights.put(path + stackedName(modules) + suffix, whole);
    long from = 0;
    for (String name : names) {
      try (NDArray alone = weights.get(name)) {
        long to = from + alone.getShape().get(0);
        weights.put(name, kernels.rows().view(manager, whole, from, to));
        from = to;
      }
    }
  }

  /** What a matrix of several modules is kept under. */
  static String stackedName(List<String> modules) {
    return String.join("+", modules);
  }

  /** The backbone with a job's adapter on it. */
  public Decoder decoder(Attachment attachment) {
    Weights view = new Weights(kernels, layout, weights, attachment);
    return architecture.decoder(kernels, view, attachment);
  }

  /**
   * The backbone with the adapters of several jobs on it, each of which {@link #isSharedBy} must
   * allow.
   */
  public BundleDecoder bundle(List<? extends Attachment> jobs) {
    int frozen = jobs.stream().mapToInt(this::frozenLayers).min().orElseThrow();
    FrozenPrefix prefix =
        new FrozenPrefix(
            kernels, architecture.scheme(), stack(Attachment.NONE), frozen, prefixStates);
    return architecture.bundle(kernels, this::stack, List.copyOf(jobs), prefix);
  }

  /**
   * The backbone with the adapters of several jobs on it for one decode batch, each of which {@link
   * #decodesWithOthers} must allow, unless it is the only one.
   */
  public SlicedDecoder decoder(List<? extends Attachment> jobs) {
    if (jobs.size() == 1) {
      return SlicedDecoder.of(decoder(jobs.get(0)));
    }
    Slices slices = new Slices();
    Attachment together = new BundleAttachment(kernels, List.copyOf(jobs), slices);
    return new SlicedDecoder(decoder(together), jobs.size(), slices);
  }

  /**
   * Whether a job's rows can be decoded in one batch with others': it leaves every weight as it is
   * and puts no virtual tokens before a row.
   */
  public boolean decodesWithOthers(Attachment job) {
    return isSharedBy(job) && job.prefixTokens() == 0 && job.promptTokens() == 0;
  }

  private LayerStack stack(Attachment attachment) {
    return architecture.maker().make(new Weights(kernels, layout, weights, attachment));
  }

  /** Whether a job leaves every weight as it is, so that others' tokens can run along. */
  public boolean isSharedBy(Attachment job) {
    return FrozenDepth.keepsWeights(job, layout, weights);
  }

  /** How many layers at the bottom come out as if the job had no adapter. */
  public int frozenLayers(Attachment job) {
    return FrozenDepth.of(job, config.layers(), modules(), layout, weights, kernels);
  }

  /**
   * Keeps what comes out of frozen lower layers, for rows that come again.
   *
   * @param bytes most memory for it; 0 for none
   */
  public void keepPrefixStates(long bytes) {
    prefixStates.close();
    prefixStates = new PrefixStates(manager, bytes);
  }

  /** Bytes that {@link #keepPrefixStates} has kept so far. */
  public long prefixBytes() {
    return prefixStates.bytes();
  }

  /** Every linear module that can carry an adapter, layer by layer. */
  public List<LinearModule> modules() {
    List<LinearModule> modules = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (TargetModule target : layout.targets()) {
        modules.add(new LinearModule(layout.modulePath(layer, target), layer, target));
      }
    }
    return modules;
  }

  /** Whether it has no weights. */
  public boolean isBlank() {
    return weights.isEmpty();
  }

  /** A frozen weight; null when the backbone is blank. */
  public NDArray weight(String name) {
    return weights.get(name);
  }

  public BackboneConfig config() {
    return config;
  }

  public BackboneDescription description() {
    return description;
  }

  public Kernels kernels() {
    return kernels;
  }

  /** Owner of everything on this backbone's device. */
  public NDManager manager() {
    return manager;
  }

  @Override
  public void close() {
    manager.close();
  }
}
