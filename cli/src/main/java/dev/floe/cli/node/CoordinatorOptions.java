package dev.floe.cli.node;

import java.nio.file.Path;
import java.util.List;

/**
 * What {@code floe coordinator} was asked for.
 *
 * @param at where other nodes reach it
 * @param http where clients and the page reach it
 * @param dataDirectory absolute; the log, the nodes it has met and, without a database, the journal
 * @param database PostgreSQL's URL; null for H2 in the data directory
 * @param seeds coordinators to join; none for the first one
 * @param token what clients must know; null on loopback
 * @param config more settings; null for none
 */
record CoordinatorOptions(
    Endpoint at,
    Endpoint http,
    Path dataDirectory,
    String database,
    List<Endpoint> seeds,
    String token,
    Path config) {}
