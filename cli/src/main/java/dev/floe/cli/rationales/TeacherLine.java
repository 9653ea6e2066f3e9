package dev.floe.cli.rationales;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One line of a teacher's log: what it said to a question.
 *
 * @param id the question's row, from 1; 0 where the line tells the question alone
 * @param question the instruction of the row; null where the line tells the id alone
 * @param cutOff whether the teacher was stopped by its limit of tokens
 */
record TeacherLine(int id, String question, String output, boolean cutOff) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The line as it is written, without a line break. */
  String toJson(String model) {
    ObjectNode line = JSON.createObjectNode();
    line.put("id", id);
    line.put("question", question);
    line.put("output", output);
    line.put("finish_reason", cutOff ? "length" : "stop");
    line.put("model", model);
    return line.toString();
  }
}
