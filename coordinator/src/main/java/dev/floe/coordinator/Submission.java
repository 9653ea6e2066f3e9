package dev.floe.coordinator;

import dev.floe.coordinator.view.SweepFeed;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/**
 * A sweep that the coordinator runs.
 *
 * @param sweep its id
 * @param resumed whether it was known before: an earlier run's results count
 * @param jobs how many, the baseline not counted
 * @param ended how many of them had ended already
 * @param feed what happens from here on
 * @param results done when the sweep has finished, or the coordinator was stopped, and its files
 *     are written; fails when they could not be
 */
public record Submission(
    String sweep,
    boolean resumed,
    int jobs,
    int ended,
    SweepFeed feed,
    CompletionStage<Done> results) {}
