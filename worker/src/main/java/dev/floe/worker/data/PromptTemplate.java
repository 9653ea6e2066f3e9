package dev.floe.worker.data;

import dev.floe.worker.InvalidJobException;
import dev.floe.worker.files.OneLine;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How an instruction becomes the text that the backbone continues.
 *
 * @param withInput text with {@code {instruction}} and {@code {input}} for rows that have an input
 * @param withoutInput text with {@code {instruction}} for rows that have none
 */
public record PromptTemplate(String withInput, String withoutInput) {
  private static final String INSTRUCTION = "{instruction}";
  private static final String INPUT = "{input}";
  private static final Pattern PLACE = Pattern.compile("\\{(instruction|input)}");

  /** The template of Alpaca, which the paper uses. */
  public static final PromptTemplate ALPACA =
      new PromptTemplate(
          """
          Below is an instruction that describes a task, paired with an input that provides \
          further context. Write a response that appropriately completes the request.

          ### Instruction:
          {instruction}

          ### Input:
          {input}

          ### Response:
          """,
          """
          Below is an instruction that describes a task. Write a response that appropriately \
          completes the request.

          ### Instruction:
          {instruction}

          ### Response:
          """);

  /** The instruction as it is, with the input on a line of its own. */
  public static final PromptTemplate NONE =
      new PromptTemplate(INSTRUCTION + "\n" + INPUT, INSTRUCTION);

  /**
   * The template of that name, {@code alpaca} or {@code none}, or the given text, in which {@code
   * {instruction}} and {@code {input}} are replaced.
   *
   * @throws InvalidJobException it is neither
   */
  public static PromptTemplate of(String nameOrText) {
    return switch (nameOrText) {
      case "alpaca" -> ALPACA;
      case "none" -> NONE;
      default -> custom(nameOrText);
    };
  }

  private static PromptTemplate custom(String text) {
    if (!text.contains(INSTRUCTION)) {
      throw new InvalidJobException(
          "data.prompt %s is neither a template that floe has (alpaca, none) nor a text with %s"
              .formatted(OneLine.quote(text), INSTRUCTION));
    }
    return new PromptTemplate(text, text);
  }

  /**
   * The prompt of a row. What the row brings along is not searched for places again.
   *
   * @param input empty when the row has none
   * @throws IllegalArgumentException the row has an input, but the template no place for it
   */
  public String render(String instruction, String input) {
    if (!input.isEmpty() && !withInput.contains(INPUT)) {
      throw new IllegalArgumentException(
          "has an \"input\", but the prompt template has no place {input} for it");
    }
    Matcher place = PLACE.matcher(input.isEmpty() ? withoutInput : withInput);
    return place.replaceAll(
        found -> Matcher.quoteReplacement(found.group(1).equals("input") ? input : instruction));
  }
}
