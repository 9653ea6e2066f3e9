package dev.floe.worker.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Checkpoints as objects under a prefix of an S3 bucket. Each is the file that {@link
 * DirectoryCheckpoints} would keep; an object is there whole or not at all. Files pass through a
 * directory of this machine, which holds nothing between two calls.
 */
public final class S3Checkpoints implements CheckpointStore {
  private static final int KEPT = 2;

  private final S3Client s3;
  private final String bucket;
  private final String prefix;
  private final String job;
  private final Notices notices;

  /**
   * Keeps checkpoints of one job under a prefix of their own.
   *
   * @param prefix ends with a slash
   * @param job identifies what the checkpoints belong to; those of anything else are not used
   */
  public S3Checkpoints(S3Client s3, String bucket, String prefix, String job, Notices notices) {
    this.s3 = s3;
    this.bucket = bucket;
    this.prefix = prefix;
    this.job = job;
    this.notices = notices;
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException {
    try (Staging staging = new Staging()) {
      staging.store.save(checkpoint);
      Path file = staging.store.newestFirst().get(0);
      s3.putObject(
          put -> put.bucket(bucket).key(prefix + file.getFileName()), RequestBody.fromFile(file));
      List<String> keys = newestFirst();
      for (String old : keys.subList(Math.min(KEPT, keys.size()), keys.size())) {
        delete(old);
      }
    } catch (SdkException e) {
      throw failed(e);
    }
  }

  @Override
  public Optional<Checkpoint> newest() throws IOException {
    try {
      for (String key : newestFirst()) {
        try (Staging staging = new Staging()) {
          Path file = staging.directory.resolve(key.substring(prefix.length()));
          s3.getObject(get -> get.bucket(bucket).key(key), file);
          Optional<Checkpoint> checkpoint = staging.store.newest();
          if (checkpoint.isPresent()) {
            return checkpoint;
          }
        }
      }
      return Optional.empty();
    } catch (SdkException e) {
      throw failed(e);
    }
  }

  @Override
  public void clear() throws IOException {
    try {
      newestFirst().forEach(this::delete);
    } catch (SdkException e) {
      throw failed(e);
    }
  }

  private List<String> newestFirst() {
    return s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix)).contents().stream()
        .map(S3Object::key)
        .filter(key -> DirectoryCheckpoints.isName(key.substring(prefix.length())))
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  private void delete(String key) {
    s3.deleteObject(delete -> delete.bucket(bucket).key(key));
  }

  private IOException failed(SdkException e) {
    return new IOException("s3://" + bucket + "/" + prefix + ": " + e.getMessage(), e);
  }

  /** A directory for the time of one call. */
  private final class Staging implements AutoCloseable {
    private final Path directory = Files.createTempDirectory("floe-checkpoint");
    private final DirectoryCheckpoints store = new DirectoryCheckpoints(directory, job, notices);

    Staging() throws IOException {}

    @Override
    public void close() throws IOException {
      store.clear();
    }
  }
}
