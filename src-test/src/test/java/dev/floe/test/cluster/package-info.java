/** Clusters of real processes on loopback: the harness, and what must hold whatever dies. */
package dev.floe.test.cluster;
