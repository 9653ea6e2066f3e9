/** Commands that speak to a running coordinator over its HTTP API. */
package dev.floe.cli.client;
