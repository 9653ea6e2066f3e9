package dev.floe.cli.bench;

import dev.floe.cli.OptionChecks;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.TrainSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code floe bench single}: training tokens per second of one LoRA job. */
@Command(
    name = "single",
    description = {
      "Trains one LoRA adapter and prints its tokens per second, padding not counted: a round is an"
          + " optimizer step.",
      "With several dtypes, or another program, they take turns."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class SingleBenchCommand implements Callable<Integer> {
  private static final int CUTOFF = 256;
  private static final double RATE = 3e-4;
  private static final int WARMUP_STEPS = 5;

  @Spec private CommandSpec command;

  @Option(names = "--backbone", paramLabel = "DIR", required = true, description = "The backbone.")
  private Path backbone;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      required = true,
      description = "Rows to train on, in the order of the file.")
  private Path data;

  @Option(
      names = "--modules",
      paramLabel = "NAME,…",
      split = ",",
      defaultValue = "q_proj,v_proj",
      description = "Modules with an adapter; default ${DEFAULT-VALUE}.")
  private List<String> modules;

  @Option(names = "--rank", defaultValue = "8", description = "Default ${DEFAULT-VALUE}.")
  private int rank;

  @Option(
      names = "--batch",
      defaultValue = "16",
      description = "Rows per step; default ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--micro-batch",
      defaultValue = "4",
      description = "Rows per pass; default ${DEFAULT-VALUE}.")
  private int microBatch;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE,…",
      split = ",",
      defaultValue = "float32",
      description = "float32, bfloat16, or both in turn; default ${DEFAULT-VALUE}.")
  private List<ComputeType> dtypes;

  @Option(
      names = "--rounds",
      defaultValue = "10",
      description = "Rounds that count; default ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--warmup",
      defaultValue = "3",
      description = "Rounds before them that do not; default ${DEFAULT-VALUE}.")
  private int warmup;

  @Option(
      names = "--against",
      paramLabel = "COMMAND",
      description = {
        "Another program to take turns with: a round is one run of it. The last line that it prints"
            + " is a JSON object with tokens_per_s."
      })
  private String against;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads; default all processors of this machine.")
  private Integer threads;

  @Option(names = "--json", description = "Print every round as JSON instead of a table.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    int count = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    OptionChecks.atLeast(command, "--threads", count, 1);
    OptionChecks.atLeast(command, "--rounds", rounds, 1);
    OptionChecks.atLeast(command, "--warmup", warmup, 0);
    List<Contender> contenders = new ArrayList<>();
    try {
      for (ComputeType dtype : dtypes) {
        String name = "floe " + dtype.name().toLowerCase(Locale.ROOT);
        contenders.add(new StepContender(name, job(dtype), count));
      }
      if (against != null) {
        contenders.add(new CommandContender("other", against));
      }
      print(Comparison.run("tokens/s", contenders, warmup, rounds));
      return 0;
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  private JobSpec job(ComputeType dtype) throws IOException {
    String work = backbone.toAbsolutePath().normalize().toString();
    return new JobSpec(
        0,
        work,
        new DataSpec(
            data.toAbsolutePath().normalize().toString(), List.of(), "alpaca", CUTOFF, true, false),
        AdapterSpec.Lora.plain(Placement.ofModules(modules), rank, 2.0 * rank, 0),
        new TrainSpec(
            0,
            warmup + rounds,
            batch,
            microBatch,
            RATE,
            WARMUP_STEPS,
            0,
            1,
            TrainSpec.Schedule.LINEAR,
            0,
            false),
        new EvaluateSpec("greedy", 1),
        0,
        "unused",
        "unused",
        dtype);
  }

  private void print(Comparison comparison) {
    PrintWriter out = command.commandLine().getOut();
    out.println(json ? comparison.json() : comparison.table());
    out.flush();
  }
}
