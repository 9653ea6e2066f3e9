package dev.floe.protocol.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/**
 * What a job reads.
 *
 * @param train absolute path of the training rows; null when nothing is trained
 * @param evaluate absolute paths of the evaluation sets
 * @param tasks the tasks of those evaluation sets for which one was named; the others go by their
 *     file's name
 * @param prompt template text: {@code {instruction}} and {@code {input}} are replaced; a name
 *     ({@code alpaca}, {@code none}) stands for a template that floe ships
 * @param cutoff longest row in tokens, the rest is cut off
 * @param trainOnInputs whether the prompt's tokens carry loss too
 * @param shuffle whether each epoch reads the rows in a new order, drawn from the job's seed;
 *     otherwise in the file's order
 * @param validation rows to validate on; null for none
 */
public record DataSpec(
    String train,
    List<String> evaluate,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Task> tasks,
    String prompt,
    int cutoff,
    boolean trainOnInputs,
    boolean shuffle,
    @JsonInclude(JsonInclude.Include.NON_NULL) HeldOut validation) {
  /** The paper's cutoff. */
  public static final int DEFAULT_CUTOFF = 256;

  public DataSpec {
    evaluate = evaluate == null ? List.of() : List.copyOf(evaluate);
    tasks = tasks == null ? Map.of() : Map.copyOf(tasks);
    Checks.notBlank("data.prompt", prompt);
    Checks.atLeast("data.cutoff", cutoff, 2);
  }

  /** Data without validation rows. */
  public DataSpec(
      String train,
      List<String> evaluate,
      Map<String, Task> tasks,
      String prompt,
      int cutoff,
      boolean trainOnInputs,
      boolean shuffle) {
    this(train, evaluate, tasks, prompt, cutoff, trainOnInputs, shuffle, null);
  }

  /** Data whose evaluation sets all go by their files' names. */
  public DataSpec(
      String train,
      List<String> evaluate,
      String prompt,
      int cutoff,
      boolean trainOnInputs,
      boolean shuffle) {
    this(train, evaluate, Map.of(), prompt, cutoff, trainOnInputs, shuffle);
  }
}
