package dev.floe.protocol;

/**
 * Marks what crosses the wire between actors. Bound to Jackson's CBOR in this module's {@code
 * reference.conf}; nothing outside the marked types is ever deserialized.
 */
public interface FloeMessage {}
