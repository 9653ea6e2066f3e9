package dev.floe.worker.memory;

import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.JobSpec;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.checkpoint.Checkpoint;
import dev.floe.worker.checkpoint.CheckpointStore;
import dev.floe.worker.data.RowEncoder;
import dev.floe.worker.data.RowFile;
import dev.floe.worker.data.Split;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.engine.Device;
import dev.floe.worker.node.RunControl;
import dev.floe.worker.train.Bundle;
import dev.floe.worker.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A process that trains jobs and prints what the model predicts and what it took. Java's heap is
 * fixed and touched by its options, and a small model has run before the baseline is read, so that
 * what grows after it is the jobs'.
 */
final class MemoryProbe {
  private static final long PREFIX_BOUND = 1L << 30;

  /** Long enough for the collector's cleaner to unmap files. */
  private static final int CLEANING_MILLIS = 200;

  private MemoryProbe() {}

  /** The scratch directory, and a configuration's arguments. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    List<String> rest = Arrays.asList(arguments).subList(1, arguments.length);
    Configuration wanted = Configuration.parse(rest);
    try (NDManager device = Device.open(wanted.threads())) {
      warmUp(device, directory.resolve("warm"), wanted);
      long baseline = kilobytes("VmRSS");
      long predicted = train(device, directory, wanted);
      long measured = (kilobytes("VmHWM") - baseline) * 1024;
      System.out.println(predicted + " " + measured);
    }
  }

  /** Takes every code path once, on a model that is next to nothing. */
  private static void warmUp(NDManager device, Path directory, Configuration wanted)
      throws IOException {
    boolean llama = wanted.backbone().contains("llama");
    String config =
        llama
            ? GeneratedBackbone.llama(128, 32, 48, 4, 4, 2)
            : GeneratedBackbone.opt(128, 32, 48, 4, 4);
    GeneratedBackbone.write(directory, config);
    GeneratedBackbone.rows(directory.resolve("train.jsonl"), 16, 8, 16, 128);
    Configuration small =
        new Configuration(
            "",
            wanted.adapter(),
            2,
            wanted.modules(),
            wanted.layers(),
            wanted.type(),
            8,
            16,
            8,
            2,
            wanted.jobs(),
            wanted.budget(),
            wanted.threads());
    for (int round = 0; round < 3; round++) {
      train(device, directory, small);
    }
  }

  /** Returns the prediction; the peak since the backbone was loaded is the process's own. */
  private static long train(NDManager device, Path directory, Configuration wanted)
      throws IOException {
    Path file = directory.resolve("train.jsonl");
    JobSpec first = wanted.job(0, directory, file);
    try (Backbone backbone = Backbone.load(device, directory, wanted.type())) {
      backbone.keepPrefixStates(PREFIX_BOUND);
      List<TrainingRow> rows =
          new RowEncoder(backbone.config(), null, first.data()).encode(RowFile.read(file)).rows();
      resetPeak();
      return train(backbone, directory, wanted, rows);
    }
  }

  private static long train(
      Backbone backbone, Path directory, Configuration wanted, List<TrainingRow> rows)
      throws IOException {
    List<Adapter> adapters = new ArrayList<>();
    try (Bundle bundle = new Bundle(backbone, wanted.budget())) {
      for (int index = 0; index < wanted.jobs(); index++) {
        JobSpec job = wanted.job(index, directory, directory.resolve("train.jsonl"));
        Adapter adapter = Adapters.create(job.adapter(), backbone, job.seed());
        adapters.add(adapter);
        bundle.join(
            new TrainingRun(
                job,
                backbone,
                adapter,
                new Split(rows, List.of()),
                new NoCheckpoints(),
                RunControl.unattended()));
      }
      MemoryModel model = new MemoryModel(backbone.config(), wanted.type(), wanted.threads());
      JobSpec job = wanted.job(0, directory, directory.resolve("train.jsonl"));
      long predicted =
          model.backbone()
              + model.training(
                  JobDemand.of(job, backbone, adapters.get(0), rows),
                  wanted.jobs(),
                  wanted.budget(),
                  PREFIX_BOUND);
      while (!bundle.isEmpty()) {
        for (Bundle.Ending ending : bundle.round()) {
          if (ending.failure() != null) {
            throw new IllegalStateException(ending.failure());
          }
        }
      }
      return predicted;
    } finally {
      adapters.forEach(Adapter::close);
    }
  }

  /** Every run is a first one. */
  private static final class NoCheckpoints implements CheckpointStore {
    @Override
    public void save(Checkpoint checkpoint) {}

    @Override
    public Optional<Checkpoint> newest() {
      return Optional.empty();
    }

    @Override
    public void clear() {}
  }

  /** Unmaps what was read, so that it does not count. */
  private static void resetPeak() throws IOException {
    System.gc();
    try {
      Thread.sleep(CLEANING_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.writeString(Path.of("/proc/self/clear_refs"), "5");
  }

  private static long kilobytes(String line) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(text -> text.startsWith(line + ":"))
        .mapToLong(text -> Long.parseLong(text.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
