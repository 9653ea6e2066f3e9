/** Where events are kept: the database in a data directory, and its schema. */
package dev.floe.coordinator.store;
