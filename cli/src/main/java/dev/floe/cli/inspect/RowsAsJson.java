package dev.floe.cli.inspect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.cli.JsonOutput;
import dev.floe.worker.data.PromptTemplate;
import dev.floe.worker.data.Row;
import dev.floe.worker.data.TextTokenizer;
import dev.floe.worker.data.TrainingRow;
import java.io.PrintWriter;

/** Rows for programs: one document, printed at the end. */
final class RowsAsJson implements ShownRows {
  private final PrintWriter out;
  private final PromptTemplate template;
  private final ObjectNode document = JsonOutput.object();
  private final ArrayNode rows = document.putArray("rows");

  RowsAsJson(PrintWriter out, PromptTemplate template) {
    this.out = out;
    this.template = template;
  }

  @Override
  public void row(Row row) {
    ObjectNode shown = rows.addObject();
    if (row instanceof Row.Instruction instruction) {
      shown.put("prompt", template.render(instruction.instruction(), instruction.input()));
      shown.put("output", instruction.output());
    } else if (row instanceof Row.Document document) {
      shown.put("text", document.text());
    } else if (row instanceof Row.TokenIds given) {
      shown.set("token_ids", JsonOutput.array(given.ids()));
      shown.set("labels", given.labels() == null ? null : JsonOutput.array(given.labels()));
    }
    shown.put("answer", row.answer());
  }

  @Override
  public void tokens(TrainingRow row, TextTokenizer tokenizer) {
    ObjectNode shown = rows.addObject();
    shown.put("text", tokenizer == null ? null : tokenizer.decode(row.tokens(), false));
    shown.put("tokens", row.tokens().length);
    shown.put("labelled", row.labelled());
    shown.set("token_ids", JsonOutput.array(row.tokens()));
    shown.set("labels", JsonOutput.array(row.labels()));
  }

  @Override
  public void end(int shown, int leftOut, int all) {
    document.put("shown", shown).put("left_out", leftOut).put("rows_in_file", all);
    JsonOutput.print(out, document);
  }
}
