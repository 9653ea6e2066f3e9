/**
 * The read-only HTTP API: the live picture of sweeps as JSON and as server-sent events, on loopback
 * only.
 */
package dev.floe.coordinator.http;
