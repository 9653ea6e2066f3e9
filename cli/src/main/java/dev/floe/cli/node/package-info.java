/** A node of a cluster: its configuration, and the coordinator's process. */
package dev.floe.cli.node;
