package dev.floe.cli.rationales;

/** What came of a question, from worst to best. */
enum Outcome {
  NOT_ANSWERED("not-answered", "the teacher's log has no output for it"),
  EMPTY("empty", "the output is empty"),
  CUT_OFF("cut-off", "the output ends at the teacher's limit of tokens"),
  NO_ANSWER("no-answer", "no answer can be read from the output"),
  WRONG_ANSWER("wrong-answer", "the output comes to another answer"),
  KEPT("kept", "the output comes to the right answer");

  private final String key;
  private final String meaning;

  Outcome(String key, String meaning) {
    this.key = key;
    this.meaning = meaning;
  }

  /** Its name in JSON. */
  String key() {
    return key;
  }

  /** What it means, for people. */
  String meaning() {
    return meaning;
  }
}
