/** Files as such: strict JSON in, atomic files out, messages that stay on one line. */
package dev.floe.worker.files;
