package dev.floe.cli.inspect;

import dev.floe.protocol.backbone.BackboneDescription;
import dev.floe.protocol.backbone.BackboneDescription.Target;
import dev.floe.worker.config.BackboneInspector;
import dev.floe.worker.config.BackboneInspector.Part;
import dev.floe.worker.engine.Device;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code floe doctor}: what this machine can do, or what a model directory holds. */
@Command(
    name = "doctor",
    description = {
      "Says what this machine can do and what is missing,",
      "or with --backbone what a model directory is, and why floe cannot run it if it cannot."
    },
    mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
  private static final double GIGABYTE = 1 << 30;

  /** Set by the launcher; without them memory is given back and fetched again at every step. */
  private static final List<String> ALLOCATOR =
      List.of("MALLOC_MMAP_MAX_", "MALLOC_TRIM_THRESHOLD_", "GOMP_SPINCOUNT");

  @Spec private CommandSpec command;

  @Option(names = "--backbone", paramLabel = "DIR", description = "A Hugging Face model directory.")
  private Path backbone;

  private PrintWriter out;

  @Override
  public Integer call() throws IOException {
    out = command.commandLine().getOut();
    boolean healthy = true;
    if (backbone == null) {
      healthy = machine();
    } else {
      backbone();
    }
    out.flush();
    return healthy ? 0 : 1;
  }

  private boolean machine() {
    say("java", System.getProperty("java.version") + ", " + System.getProperty("java.vendor"));
    say("processors", Runtime.getRuntime().availableProcessors());
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    if (system instanceof com.sun.management.OperatingSystemMXBean memory) {
      say(
          "memory",
          gigabytes(memory.getTotalMemorySize())
              + ", "
              + gigabytes(memory.getFreeMemorySize())
              + " free");
    }
    say("heap", "at most " + gigabytes(Runtime.getRuntime().maxMemory()));
    for (String name : ALLOCATOR) {
      String value = System.getenv(name);
      say(name, value == null ? "not set; the launcher, ./floe, sets it" : value);
    }
    return libtorch();
  }

  private boolean libtorch() {
    try {
      say("libtorch", Device.libtorch());
      return true;
    } catch (RuntimeException | LinkageError e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      say("libtorch", "cannot be loaded: " + reason);
      return false;
    }
  }

  private void backbone() throws IOException {
    BackboneDescription found = BackboneInspector.describe(backbone, EnumSet.of(Part.WEIGHTS));
    say("architecture", found.architecture());
    say("parameters", String.format(Locale.ROOT, "%,d", found.parameters()));
    say("layers", found.layers() + ", " + found.hidden() + " wide");
    say("vocabulary", found.vocabulary());
    say("context", found.longestContext() + " tokens");
    say("stored as", BackboneInspector.dtypes(backbone) + ", computed in F32");
    boolean tokenizer = Files.isRegularFile(backbone.resolve(BackboneInspector.TOKENIZER));
    say(
        "tokenizer",
        tokenizer
            ? BackboneInspector.TOKENIZER
            : "none: rows must be token ids, text needs " + BackboneInspector.TOKENIZER);
    out.println("modules that adapters can sit on, in each layer:");
    for (Target target : found.targets()) {
      out.printf(
          Locale.ROOT,
          "  %-18s %-10s %d to %d%s%n",
          target.name(),
          target.part().isAttention() ? "attention" : "mlp",
          target.in(),
          target.out(),
          target.part().isOutput() ? ", its role's output" : "");
    }
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / GIGABYTE);
  }

  private void say(String name, Object value) {
    out.printf("%-22s %s%n", name, value);
  }
}
