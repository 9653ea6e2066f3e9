package dev.floe.coordinator.sweep;

/**
 * Marks what the journal and the snapshot store keep. Written as JSON, so that the types can
 * evolve: a new field must have a meaning when it is missing, and no field changes its meaning.
 */
public interface FloeEvent {}
