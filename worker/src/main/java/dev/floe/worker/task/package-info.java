/** The paper's benchmarks: which data file is which, and how an answer is read from text. */
package dev.floe.worker.task;
