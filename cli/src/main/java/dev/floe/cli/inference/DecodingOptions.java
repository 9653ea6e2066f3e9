package dev.floe.cli.inference;

import dev.floe.cli.OptionChecks;
import dev.floe.protocol.job.Sampling;
import dev.floe.worker.evaluate.Decoding;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how prompts are continued. */
final class DecodingOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      required = true,
      description = "Longest continuation in tokens.")
  private int maxNewTokens;

  @Option(
      names = "--beams",
      paramLabel = "N",
      defaultValue = "1",
      description = "Hypotheses of a beam search; default 1, which is greedy decoding.")
  private int beams;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "Draw tokens, with logits divided by T; default: the most likely ones.")
  private Double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      description = "Draw from the N most likely tokens; default all.")
  private Integer topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Draw from the most likely tokens that come to probability P; default 1.")
  private Double topP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "What a row draws depends on the seed and the row alone; default 0.")
  private Long seed;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description =
          "End a continuation at this text, which is left out; \\n is a line break. Repeatable.")
  private List<String> stop = List.of();

  @Option(names = "--ignore-eos", description = "Go on to the limit, past tokens that end a text.")
  private boolean ignoreEos;

  /** What the options come to; what they must not be is refused as bad usage. */
  Decoding decoding() {
    OptionChecks.atLeast(command, "--max-new-tokens", maxNewTokens, 1);
    OptionChecks.atLeast(command, "--beams", beams, 1);
    if (stop.contains("")) {
      throw refused("--stop must not be empty");
    }
    List<String> texts = stop.stream().map(text -> text.replace("\\n", "\n")).toList();
    return new Decoding(maxNewTokens, beams, sampling(), texts, ignoreEos);
  }

  private Sampling sampling() {
    if (temperature == null) {
      if (topK != null || topP != null || seed != null) {
        throw refused("--top-k, --top-p and --seed are for drawing tokens: give --temperature too");
      }
      return null;
    }
    if (beams > 1) {
      throw refused("--beams and --temperature exclude each other: a beam search draws nothing");
    }
    if (!(temperature > 0) || temperature.isInfinite()) {
      throw refused("--temperature must be a positive number, got " + temperature);
    }
    double share = topP == null ? 1 : topP;
    if (!(share > 0 && share <= 1)) {
      throw refused("--top-p must be in (0, 1], got " + share);
    }
    int most = Sampling.ALL_TOKENS;
    if (topK != null) {
      OptionChecks.atLeast(command, "--top-k", topK, 1);
      most = topK;
    }
    return new Sampling(temperature, most, share, seed == null ? 0 : seed);
  }

  private ParameterException refused(String what) {
    return new ParameterException(command.commandLine(), what);
  }
}
