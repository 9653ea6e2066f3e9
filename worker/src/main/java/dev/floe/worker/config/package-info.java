/** What a model directory says of its backbone: config, names and shapes; no tensor is loaded. */
package dev.floe.worker.config;
