/** The safetensors format, read with suspicion and written whole or not at all; knows no model. */
package dev.floe.worker.safetensors;
