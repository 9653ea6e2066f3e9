package dev.floe.worker.data;

/** A row of a data file, before it is made into tokens. */
public sealed interface Row {

  /** The right answer as the file has it; null where it has none. */
  String answer();

  /**
   * An instruction and what should be written in reply.
   *
   * @param input further context; empty when there is none
   * @param output the reply to train on; null where the file has none
   */
  record Instruction(String instruction, String input, String output, String answer)
      implements Row {}

  /** Plain text that is trained on whole, as in pre-training. */
  record Document(String text) implements Row {
    @Override
    public String answer() {
      return null;
    }
  }

  /**
   * A row that is made of tokens already, special ones included.
   *
   * @param labels as in {@link TrainingRow}; null when every token carries loss
   */
  @SuppressWarnings("ArrayRecordComponent") // bulk data that nobody compares or changes
  record TokenIds(int[] ids, int[] labels, String answer) implements Row {}
}
