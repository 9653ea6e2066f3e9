/**
 * The coordinator: what a composition root starts ({@link dev.floe.coordinator.Coordinator}), with
 * which configuration, and the client that speaks to it.
 */
package dev.floe.coordinator;
