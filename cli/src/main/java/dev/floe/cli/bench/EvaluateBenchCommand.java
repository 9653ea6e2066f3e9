package dev.floe.cli.bench;

import dev.floe.cli.OptionChecks;
import dev.floe.cli.ThreadOptions;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.TrainSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code floe bench evaluate}: generated tokens per second under one and several adapters. */
@Command(
    name = "evaluate",
    description = {
      "Continues prompts greedily, past tokens that end a text, under so many LoRA adapters in one"
          + " batch, and prints the generated tokens per second: a round is the whole file under"
          + " every adapter.",
      "Several numbers of adapters, or another program, take turns."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class EvaluateBenchCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(names = "--backbone", paramLabel = "DIR", required = true, description = "The backbone.")
  private Path backbone;

  @Option(names = "--prompts", paramLabel = "FILE", required = true, description = "The prompts.")
  private Path prompts;

  @Option(
      names = "--adapters",
      paramLabel = "N,…",
      split = ",",
      defaultValue = "1,12",
      description = "Numbers of adapters that take turns; default ${DEFAULT-VALUE}.")
  private List<Integer> adapters;

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
      names = "--max-new-tokens",
      paramLabel = "N",
      defaultValue = "64",
      description = "Tokens that each prompt is continued by; default ${DEFAULT-VALUE}.")
  private int newTokens;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      defaultValue = "float32",
      description = "float32 or bfloat16; default ${DEFAULT-VALUE}.")
  private ComputeType dtype;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "Rounds that count; default ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--warmup",
      defaultValue = "1",
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

  @Mixin private ThreadOptions threads;

  @Option(names = "--json", description = "Print every round as JSON instead of a table.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    int count = threads.count();
    OptionChecks.atLeast(command, "--rounds", rounds, 1);
    OptionChecks.atLeast(command, "--warmup", warmup, 0);
    for (int number : adapters) {
      OptionChecks.atLeast(command, "--adapters", number, 1);
    }
    List<Contender> contenders = new ArrayList<>();
    try {
      for (int number : adapters) {
        contenders.add(new DecodeContender(job(), number, count));
      }
      if (against != null) {
        contenders.add(new CommandContender("other", against));
      }
      Comparison comparison = Comparison.run("generated tokens/s", contenders, warmup, rounds);
      PrintWriter out = command.commandLine().getOut();
      out.println(json ? comparison.json() : comparison.table());
      out.flush();
      return 0;
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  private JobSpec job() {
    String file = prompts.toAbsolutePath().normalize().toString();
    return new JobSpec(
        0,
        backbone.toAbsolutePath().normalize().toString(),
        new DataSpec(file, List.of(file), "alpaca", DataSpec.DEFAULT_CUTOFF, true, false),
        AdapterSpec.Lora.plain(Placement.ofModules(modules), rank, 2.0 * rank, 0),
        new TrainSpec(0, 1, 1, 1, 1e-3, 0, 0, 1, TrainSpec.Schedule.LINEAR, 0, false),
        new EvaluateSpec(EvaluateSpec.GREEDY, newTokens, 0, 0, null, List.of(), true),
        0,
        "unused",
        "unused",
        dtype);
  }
}
