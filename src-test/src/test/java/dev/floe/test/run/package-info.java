/** Whole runs from the command line, in processes of their own: ends, kills, signals, bad input. */
package dev.floe.test.run;
