package dev.floe.worker.checkpoint;

import java.net.URI;
import java.nio.file.Path;
import software.amazon.awssdk.services.s3.S3Client;

/** Opens the store that a checkpoint path names. */
public final class CheckpointStores {
  private static final String S3 = "s3://";

  private CheckpointStores() {}

  /** Whether the path is none of a file system. */
  public static boolean isRemote(String path) {
    return path.startsWith(S3);
  }

  /**
   * The checkpoints of one job.
   *
   * @param path a directory, which nodes may share, or {@code s3://bucket/prefix}; region,
   *     credentials and endpoint are found where the AWS SDK looks for them
   * @param job identifies what the checkpoints belong to; those of anything else are not used
   */
  public static CheckpointStore open(String path, String job, Notices notices) {
    if (!isRemote(path)) {
      return new DirectoryCheckpoints(Path.of(path), job, notices);
    }
    URI uri = URI.create(path);
    String prefix = uri.getPath().replaceAll("^/+|/+$", "") + "/";
    return new S3Checkpoints(Client.SHARED, uri.getHost(), prefix, job, notices);
  }

  /** Made when the first path asks for it. */
  private static final class Client {
    // path style: a server on a plain address has no host name for each bucket
    private static final S3Client SHARED = S3Client.builder().forcePathStyle(true).build();
  }
}
