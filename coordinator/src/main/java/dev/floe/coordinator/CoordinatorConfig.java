package dev.floe.coordinator;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.floe.coordinator.store.DataDirectoryException;
import dev.floe.coordinator.store.H2Store;
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
    H2Store.prepare(dataDirectory);
    Config settings =
        ConfigFactory.parseResources(CoordinatorConfig.class, "embedded.conf")
            .withValue(URL, ConfigValueFactory.fromAnyRef(H2Store.url(dataDirectory)));
    return ConfigFactory.load(settings);
  }
}
