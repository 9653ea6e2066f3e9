/** A worker's node: the agent, which starts one process for each device, and that process. */
package dev.floe.cli.agent;
