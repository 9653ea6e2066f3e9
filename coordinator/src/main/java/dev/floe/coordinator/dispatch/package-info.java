/**
 * Who gets which job: the roster of workers and leases, the queue of sweeps with work, and the
 * actor that brings them together. Nothing here is durable; all of it can be asked for again.
 */
package dev.floe.coordinator.dispatch;
