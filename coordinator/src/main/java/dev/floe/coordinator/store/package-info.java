/** Where events are kept: H2 in a data directory, or a PostgreSQL server; and their schema. */
package dev.floe.coordinator.store;
