package dev.floe.worker.evaluate;

/**
 * What a prompt was continued by.
 *
 * @param tokens without a token that ended it, but with those of a text that it stopped at
 * @param text without special tokens, cut before a text that it stopped at; null when there is no
 *     tokenizer
 */
@SuppressWarnings("ArrayRecordComponent") // bulk data that nobody compares or changes
public record Continuation(int[] tokens, String text) {}
