package dev.floe.worker.data;

import dev.floe.worker.data.RowReader.BrokenRowException;
import java.util.regex.Pattern;

/**
 * A row as GSM8K has it: the answer is the steps, with the calculator's notes between {@code <<}
 * and {@code >>}, and behind {@code ####} the number. To train on, the notes go and the number is
 * told as in the paper's rationales.
 */
final class Gsm8kRow {
  private static final String MARK = "####";
  private static final Pattern NOTES = Pattern.compile("<<[^<>]*>>");

  private Gsm8kRow() {}

  static Row.Instruction read(String question, String answer) throws BrokenRowException {
    int mark = answer == null ? -1 : answer.lastIndexOf(MARK);
    String number = mark < 0 ? "" : answer.substring(mark + MARK.length()).strip();
    if (number.isEmpty()) {
      throw new BrokenRowException(
          "has a \"question\", but no \"answer\" that ends in #### and a number, as GSM8K's do");
    }
    String steps = NOTES.matcher(answer.substring(0, mark)).replaceAll("").strip();
    return new Row.Instruction(question, "", steps + "\nThe answer is " + number + ".", number);
  }
}
