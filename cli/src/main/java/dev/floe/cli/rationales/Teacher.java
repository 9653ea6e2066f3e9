package dev.floe.cli.rationales;

/** A language model that is asked to answer step by step. */
interface Teacher {

  /**
   * What the teacher said.
   *
   * @param cutOff whether it was stopped by its limit of tokens
   */
  record Reply(String text, boolean cutOff) {}

  /**
   * Asks once, and waits for the reply.
   *
   * @throws TeacherException there is none
   */
  Reply ask(String prompt) throws TeacherException, InterruptedException;
}
