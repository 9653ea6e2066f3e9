package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;

/**
 * The beginning that many prompts have in common, run once under one adapter.
 *
 * @param heads its keys and values, and before them those of the adapter's V virtual tokens: {@code
 *     [layers, 2, 1, K, V + tokens, D]}
 * @param tokens how many of a prompt's tokens it stands for
 */
public record SharedPrompt(NDArray heads, int tokens) {}
