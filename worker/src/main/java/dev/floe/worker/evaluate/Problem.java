package dev.floe.worker.evaluate;

import dev.floe.worker.answer.Answer;

/**
 * A row of an evaluation set, ready to be answered.
 *
 * @param prompt token ids to continue
 * @param answer null when none is known: the row is generated and timed
 */
@SuppressWarnings("ArrayRecordComponent") // bulk data that nobody compares or changes
public record Problem(int[] prompt, Answer answer) {}
