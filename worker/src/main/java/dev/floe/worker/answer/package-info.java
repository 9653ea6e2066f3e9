/**
 * Right answers: what a row of data asks for, how an answer is read from generated text for each of
 * the paper's benchmarks, and whether it is right.
 */
package dev.floe.worker.answer;
