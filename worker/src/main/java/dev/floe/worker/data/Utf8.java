package dev.floe.worker.data;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds where a file stops being UTF-8: decoders read ahead, so their own place is too late. */
final class Utf8 {
  private Utf8() {}

  /** The number, from 1, of the first line whose bytes are not UTF-8; the last one if none is. */
  static int firstMalformedLine(Path file) throws IOException {
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file))) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int number = 1;
      for (int next = bytes.read(); next >= 0 && isValid(line, next); next = bytes.read()) {
        if (next == '\n') {
          number++;
          line.reset();
        } else {
          line.write(next);
        }
      }
      return number;
    }
  }

  /** Checks a line once it is complete: no byte of a longer sequence is a line feed. */
  private static boolean isValid(ByteArrayOutputStream line, int next) {
    if (next != '\n') {
      return true;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line.toByteArray()));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
