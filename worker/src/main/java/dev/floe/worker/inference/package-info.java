/** A backbone with an adapter, used instead of trained: continuing and scoring texts. */
package dev.floe.worker.inference;
