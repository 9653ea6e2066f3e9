/** The actor behind a {@link dev.floe.coordinator.view.SweepFeed}: one board for each sweep. */
package dev.floe.coordinator.board;
