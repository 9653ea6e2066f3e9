package dev.floe.coordinator;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.floe.coordinator.store.DataDirectoryException;
import dev.floe.coordinator.store.DatabaseException;
import dev.floe.coordinator.store.H2Store;
import dev.floe.coordinator.store.PostgresStore;
import java.nio.file.Path;

/** The actor system's configuration for each way to run a coordinator. */
public final class CoordinatorConfig {
  private static final String URL = "pekko-persistence-jdbc.shared-databases.slick.db.url";

  private CoordinatorConfig() {}

  /**
   * One process, with its journal in H2 files. Creates the directory and the database as far as
   * they are missing.
   *
   * @throws DataDirectoryException when another process uses the directory, or it cannot be written
   */
  public static Config embedded(Path dataDirectory) {
    return ConfigFactory.load(h2(dataDirectory));
  }

  /**
   * The journal in H2 files, for the one coordinator of a cluster: settings that go behind those of
   * the actor system. Creates the directory and the database as far as they are missing.
   *
   * @throws DataDirectoryException when another process uses the directory, or it cannot be written
   */
  public static Config h2(Path dataDirectory) {
    H2Store.prepare(dataDirectory);
    return ConfigFactory.parseResources(CoordinatorConfig.class, "embedded.conf")
        .withValue(URL, ConfigValueFactory.fromAnyRef(H2Store.url(dataDirectory)));
  }

  /**
   * The journal in PostgreSQL: settings that go before those of the actor system. Creates the
   * tables as far as they are missing.
   *
   * @param url the driver's, such as {@code jdbc:postgresql://db:5432/floe?user=floe}
   * @throws DatabaseException when the database cannot be used
   */
  public static Config postgres(String url) {
    PostgresStore.prepare(url);
    return ConfigFactory.parseResources(CoordinatorConfig.class, "postgres.conf")
        .withValue(URL, ConfigValueFactory.fromAnyRef(url));
  }
}
