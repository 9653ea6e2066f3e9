package dev.floe.sweeps.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/** The canonical JSON of a {@link SweepSpec}, and the id that follows from it. */
final class SpecJson {
  /** Unknown keys are skipped, so that an older program reads what a newer one has stored. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private static final int ID_DIGITS = 8;

  private SpecJson() {}

  static String write(SweepSpec spec) {
    try {
      // as maps: only they are sorted across the groups that records are unwrapped into
      return MAPPER.writeValueAsString(MAPPER.convertValue(spec, Map.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a sweep could not be written as JSON", e);
    }
  }

  static SweepSpec read(String json) {
    try {
      return MAPPER.readValue(json, SweepSpec.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a stored sweep: " + e.getOriginalMessage(), e);
    }
  }

  static String id(SweepSpec spec) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] digest = sha256.digest(write(spec).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, ID_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
