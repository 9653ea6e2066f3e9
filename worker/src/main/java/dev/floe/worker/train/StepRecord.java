package dev.floe.worker.train;

/**
 * What is kept of one optimizer step.
 *
 * @param step from 1
 * @param loss mean over the batch's labelled tokens, before the update
 * @param gradientNorm global, before clipping
 * @param learningRate of this step's update
 * @param tokens real tokens of the batch
 */
public record StepRecord(
    int step, double loss, double gradientNorm, double learningRate, int tokens) {}
