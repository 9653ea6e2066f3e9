/** Keeps the files of a sweep's results up to date with its feed. */
package dev.floe.coordinator.results;
