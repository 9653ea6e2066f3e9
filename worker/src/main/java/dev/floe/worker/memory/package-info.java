/** What jobs take of a device's memory, predicted before they run. */
package dev.floe.worker.memory;
