package dev.floe.protocol.report;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A point of a job's training curve.
 *
 * @param step from 1
 * @param loss mean over the batch's labelled tokens, before the update
 * @param gradientNorm global, before clipping
 * @param learningRate of the step's update
 */
public record StepPoint(
    int step,
    Double loss,
    @JsonProperty("gradient_norm") Double gradientNorm,
    @JsonProperty("learning_rate") Double learningRate) {}
