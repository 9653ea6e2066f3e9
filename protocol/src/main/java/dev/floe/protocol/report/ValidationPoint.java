package dev.floe.protocol.report;

/**
 * A point of a job's validation curve.
 *
 * @param step optimizer steps done
 * @param loss mean over the labelled tokens of the validation rows
 */
public record ValidationPoint(int step, Double loss) {}
