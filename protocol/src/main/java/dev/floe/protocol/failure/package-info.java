/** What a job's failures mean for it: how often it is tried again, and when. */
package dev.floe.protocol.failure;
