/**
 * The live picture of a sweep: immutable snapshots, the changes between them, and the feed that
 * hands both out. Knows no actors, so that a page or a terminal can be fed by a fake.
 */
package dev.floe.coordinator.view;
