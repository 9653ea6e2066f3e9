package dev.floe.cli.inspect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.cli.JsonOutput;
import dev.floe.protocol.backbone.BackboneDescription;
import dev.floe.protocol.backbone.BackboneDescription.Target;
import dev.floe.worker.config.BackboneInspector;
import dev.floe.worker.config.BackboneInspector.Part;
import dev.floe.worker.engine.Device;
import dev.floe.worker.safetensors.DType;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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
  private static final String TEXT_NEEDS =
      "text needs %s or %s".formatted(BackboneInspector.TOKENIZER, BackboneInspector.SENTENCEPIECE);

  /** Set by the launcher; without them memory is given back and fetched again at every step. */
  private static final List<String> ALLOCATOR =
      List.of("MALLOC_MMAP_MAX_", "MALLOC_TRIM_THRESHOLD_", "GOMP_SPINCOUNT");

  @Spec private CommandSpec command;

  @Option(names = "--backbone", paramLabel = "DIR", description = "A Hugging Face model directory.")
  private Path backbone;

  @Option(names = "--json", description = "Print JSON instead of text.")
  private boolean json;

  private PrintWriter out;

  /** What {@code --json} prints. */
  private final ObjectNode document = JsonOutput.object();

  @Override
  public Integer call() throws IOException {
    out = command.commandLine().getOut();
    boolean healthy = true;
    if (backbone == null) {
      healthy = machine();
    } else {
      backbone();
    }
    if (json) {
      JsonOutput.print(out, document);
    }
    out.flush();
    return healthy ? 0 : 1;
  }

  private boolean machine() {
    say("java", System.getProperty("java.version") + ", " + System.getProperty("java.vendor"));
    int processors = Runtime.getRuntime().availableProcessors();
    say("processors", processors);
    document.put("java", System.getProperty("java.version"));
    document.put("java_vendor", System.getProperty("java.vendor"));
    document.put("processors", processors);
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    if (system instanceof com.sun.management.OperatingSystemMXBean memory) {
      long all = memory.getTotalMemorySize();
      long free = memory.getFreeMemorySize();
      say("memory", gigabytes(all) + ", " + gigabytes(free) + " free");
      document.put("memory_bytes", all).put("memory_free_bytes", free);
    }
    long heap = Runtime.getRuntime().maxMemory();
    say("heap", "at most " + gigabytes(heap));
    document.put("heap_bytes", heap);
    ObjectNode environment = document.putObject("environment");
    for (String name : ALLOCATOR) {
      String value = System.getenv(name);
      say(name, value == null ? "not set; the launcher, ./floe, sets it" : value);
      environment.put(name, value);
    }
    return libtorch();
  }

  private boolean libtorch() {
    try {
      String version = Device.libtorch();
      say("libtorch", version);
      document.put("libtorch", version);
      return true;
    } catch (RuntimeException | LinkageError e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      say("libtorch", "cannot be loaded: " + reason);
      document.putNull("libtorch").put("libtorch_problem", reason);
      return false;
    }
  }

  private void backbone() throws IOException {
    BackboneDescription found = BackboneInspector.describe(backbone, EnumSet.of(Part.WEIGHTS));
    Set<DType> stored = BackboneInspector.dtypes(backbone);
    Optional<String> tokenizer =
        BackboneInspector.tokenizer(backbone).map(file -> file.getFileName().toString());
    say("architecture", found.architecture());
    say("parameters", String.format(Locale.ROOT, "%,d", found.parameters()));
    say("layers", found.layers() + ", " + found.hidden() + " wide");
    say("vocabulary", found.vocabulary());
    say("context", found.longestContext() + " tokens");
    say("stored as", stored + ", computed in F32");
    say("tokenizer", tokenizer.orElse("none: rows must be token ids, " + TEXT_NEEDS));
    document
        .put("architecture", found.architecture())
        .put("parameters", found.parameters())
        .put("layers", found.layers())
        .put("hidden", found.hidden())
        .put("vocabulary", found.vocabulary())
        .put("context", found.longestContext())
        .put("tokenizer", tokenizer.orElse(null));
    ArrayNode types = document.putArray("stored_as");
    stored.forEach(type -> types.add(type.name()));
    modules(found);
  }

  private void modules(BackboneDescription found) {
    if (!json) {
      out.println("modules that adapters can sit on, in each layer:");
    }
    ArrayNode modules = document.putArray("modules");
    for (Target target : found.targets()) {
      String role = target.part().isAttention() ? "attention" : "mlp";
      boolean output = target.part().isOutput();
      modules
          .addObject()
          .put("name", target.name())
          .put("role", role)
          .put("in", target.in())
          .put("out", target.out())
          .put("output", output);
      if (!json) {
        out.printf(
            Locale.ROOT,
            "  %-18s %-10s %d to %d%s%n",
            target.name(),
            role,
            target.in(),
            target.out(),
            output ? ", its role's output" : "");
      }
    }
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / GIGABYTE);
  }

  private void say(String name, Object value) {
    if (!json) {
      out.printf("%-22s %s%n", name, value);
    }
  }
}
