package dev.floe.dashboards;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Properties;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.EntityTag;
import org.apache.pekko.util.ByteString;

/**
 * A file of the page, held in memory.
 *
 * @param tag changes whenever the content does
 */
record PageFile(ContentType type, ByteString content, EntityTag tag) {

  /** A file of floe's own, beside {@code index.html}. */
  static PageFile ofPage(String name) {
    return read("/dev/floe/dashboards/page/" + name);
  }

  /** A file of a library that Maven brought, whichever version that is. */
  static PageFile ofWebJar(String library, String path) {
    return read("/META-INF/resources/webjars/" + library + "/" + version(library) + "/" + path);
  }

  private static PageFile read(String resource) {
    byte[] content = bytes(resource);
    return new PageFile(
        typeOf(resource), ByteString.fromArray(content), EntityTag.create(digest(content), false));
  }

  private static String version(String library) {
    Properties properties = new Properties();
    try (InputStream in = open("/META-INF/maven/org.webjars.npm/" + library + "/pom.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }

  private static byte[] bytes(String resource) {
    try (InputStream in = open(resource)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String resource) {
    InputStream in = PageFile.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException(resource + " is missing from the class path");
    }
    return in;
  }

  private static ContentType typeOf(String resource) {
    return switch (resource.substring(resource.lastIndexOf('.') + 1)) {
      case "html" -> ContentTypes.TEXT_HTML_UTF8;
      case "css" -> ContentTypes.create(MediaTypes.TEXT_CSS, HttpCharsets.UTF_8);
      case "js" -> ContentTypes.create(MediaTypes.APPLICATION_JAVASCRIPT, HttpCharsets.UTF_8);
      case "svg" -> ContentTypes.create(MediaTypes.IMAGE_SVG_XML);
      default -> throw new IllegalStateException("no content type for " + resource);
    };
  }

  private static String digest(byte[] content) {
    try {
      byte[] whole = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(Arrays.copyOf(whole, 12));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
