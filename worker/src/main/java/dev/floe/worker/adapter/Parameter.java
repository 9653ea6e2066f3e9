package dev.floe.worker.adapter;

import ai.djl.ndarray.NDArray;

/**
 * A trained tensor.
 *
 * @param name its name in the adapter's file
 */
public record Parameter(String name, NDArray value) {}
