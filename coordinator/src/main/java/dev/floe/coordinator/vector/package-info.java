/** Persistent collections that stay small and quick for a sweep of a million jobs. */
package dev.floe.coordinator.vector;
