package dev.floe.cli.inspect;

import dev.floe.worker.data.PromptTemplate;
import dev.floe.worker.data.Row;
import dev.floe.worker.data.TextTokenizer;
import dev.floe.worker.data.TrainingRow;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows for people: what stands between ⟦ and ⟧ carries loss. */
final class RowsAsText implements ShownRows {
  private static final String OPEN = "⟦";
  private static final String CLOSE = "⟧";

  private final PrintWriter out;
  private final PromptTemplate template;
  private final boolean trainOnInputs;

  RowsAsText(PrintWriter out, PromptTemplate template, boolean trainOnInputs) {
    this.out = out;
    this.template = template;
    this.trainOnInputs = trainOnInputs;
  }

  @Override
  public void row(Row row) {
    if (row instanceof Row.Instruction instruction) {
      String text = template.render(instruction.instruction(), instruction.input());
      String output = instruction.output() == null ? "" : instruction.output();
      out.println(trainOnInputs ? OPEN + text + output + CLOSE : text + OPEN + output + CLOSE);
    } else if (row instanceof Row.Document document) {
      out.println(OPEN + document.text() + CLOSE);
    } else if (row instanceof Row.TokenIds given) {
      out.println("token_ids " + ids(given.ids()));
    }
    if (row.answer() != null) {
      out.println("answer: " + row.answer());
    }
    out.println();
  }

  @Override
  public void tokens(TrainingRow row, TextTokenizer tokenizer) {
    out.printf("%d tokens, %d carry loss%n", row.tokens().length, row.labelled());
    if (tokenizer != null) {
      out.println(marked(row, tokenizer));
    }
    out.println("token_ids " + ids(row.tokens()));
    out.println();
  }

  @Override
  public void end(int shown, int leftOut, int all) {
    if (leftOut > 0) {
      out.printf("%d rows have no loss within the cutoff and are left out%n", leftOut);
    }
    out.printf("%d of %d rows%n", shown, all);
    out.flush();
  }

  /** The row's text, piece by piece as tokens do and do not carry loss. */
  private static String marked(TrainingRow row, TextTokenizer tokenizer) {
    StringBuilder text = new StringBuilder();
    int from = 0;
    while (from < row.tokens().length) {
      boolean loss = carriesLoss(row, from);
      int to = from + 1;
      while (to < row.tokens().length && carriesLoss(row, to) == loss) {
        to++;
      }
      String piece = tokenizer.decode(Arrays.copyOfRange(row.tokens(), from, to), false);
      text.append(loss ? OPEN + piece + CLOSE : piece);
      from = to;
    }
    return text.toString();
  }

  /** The first token is predicted from nothing, so it never does. */
  private static boolean carriesLoss(TrainingRow row, int index) {
    return index > 0 && row.labels()[index] != TrainingRow.NO_LOSS;
  }

  private static String ids(int[] ids) {
    return IntStream.of(ids).mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }
}
