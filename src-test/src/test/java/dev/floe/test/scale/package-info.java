/** How much a coordinator can do: a benchmark with workers that do nothing. */
package dev.floe.test.scale;
