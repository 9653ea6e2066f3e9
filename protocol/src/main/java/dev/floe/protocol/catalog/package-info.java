/** What the adapter types are, in words and formulas: the one source of command, docs and tests. */
package dev.floe.protocol.catalog;
