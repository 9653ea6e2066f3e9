/**
 * A device of a cluster: the actor that takes leases for it, and the seam behind which the blocking
 * native work runs on the device's own thread.
 */
package dev.floe.worker.node;
