/** From data files to rows of tokens and labels, and the order in which steps take them. */
package dev.floe.worker.data;
