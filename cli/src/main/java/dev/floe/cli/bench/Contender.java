package dev.floe.cli.bench;

import java.io.IOException;

/** One side of a comparison: does a round of the work whenever it is its turn. */
interface Contender extends AutoCloseable {

  /** What the table calls it. */
  String name();

  /** Does one round and says at what speed; more is better. */
  double round() throws IOException, InterruptedException;

  @Override
  default void close() {}
}
