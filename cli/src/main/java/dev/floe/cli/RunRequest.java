package dev.floe.cli;

import dev.floe.sweeps.spec.SweepSpec;
import java.io.PrintWriter;
import java.nio.file.Path;

/**
 * What {@code floe run} was asked for, checked.
 *
 * @param outputDirectory absolute; results, adapters and checkpoints go there
 * @param dataDirectory absolute; the coordinator's journal is there, which a later run resumes from
 * @param threads compute threads of the worker
 * @param web whether to serve the page
 * @param port of the page; 0 for any free one
 * @param json whether standard output gets {@code results.json} instead of the table
 * @param quiet whether progress is left out
 * @param out standard output: the results
 * @param err standard error: progress and messages
 */
public record RunRequest(
    SweepSpec spec,
    Path outputDirectory,
    Path dataDirectory,
    int threads,
    boolean web,
    int port,
    boolean json,
    boolean quiet,
    PrintWriter out,
    PrintWriter err) {}
