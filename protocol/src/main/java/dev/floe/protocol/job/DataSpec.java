package dev.floe.protocol.job;

import java.util.List;

/**
 * What a job reads.
 *
 * @param train absolute path of the training rows; null when nothing is trained
 * @param evaluate absolute paths of the evaluation sets
 * @param prompt template text: {@code {instruction}} and {@code {input}} are replaced; a name
 *     ({@code alpaca}, {@code none}) stands for a template that floe ships
 * @param cutoff longest row in tokens, the rest is cut off
 * @param trainOnInputs whether the prompt's tokens carry loss too
 * @param shuffle whether each epoch reads the rows in a new order, drawn from the job's seed;
 *     otherwise in the file's order
 */
public record DataSpec(
    String train,
    List<String> evaluate,
    String prompt,
    int cutoff,
    boolean trainOnInputs,
    boolean shuffle) {
  /** The paper's cutoff. */
  public static final int DEFAULT_CUTOFF = 256;

  public DataSpec {
    evaluate = evaluate == null ? List.of() : List.copyOf(evaluate);
    Checks.notBlank("data.prompt", prompt);
    Checks.atLeast("data.cutoff", cutoff, 2);
  }
}
