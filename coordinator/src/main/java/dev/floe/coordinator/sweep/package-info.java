/**
 * The truth about a sweep: its events, the state that they add up to, the rules that turn what
 * happens into events, and the event-sourced entity around them. Everything but the entity is pure.
 */
package dev.floe.coordinator.sweep;
