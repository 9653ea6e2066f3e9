package dev.floe.sweeps.expand;

import dev.floe.sweeps.spec.Axis;
import java.util.Locale;
import java.util.Map;

/**
 * Names of the directories that jobs write to: portable, bounded in length, and unique because each
 * begins with the job's index.
 */
final class DirectoryNames {
  /** File systems commonly allow 255 bytes for a name. */
  private static final int LONGEST = 120;

  private static final int FEWEST_DIGITS = 4;

  private final int digits;

  DirectoryNames(int jobs) {
    digits = Math.max(FEWEST_DIGITS, String.valueOf(Math.max(0, jobs - 1)).length());
  }

  String checkpoint(int index) {
    return String.format(Locale.ROOT, "%0" + digits + "d", index);
  }

  /** Such as {@code 0003-lora-mlp-r16-s0}. */
  String adapter(int index, Map<String, Object> parameters) {
    StringBuilder name = new StringBuilder(checkpoint(index));
    parameters.forEach((key, value) -> name.append('-').append(prefix(key)).append(safe(value)));
    return name.length() <= LONGEST ? name.toString() : name.substring(0, LONGEST);
  }

  private static String prefix(String key) {
    if (key.equals(Expansion.TYPE) || key.equals(Axis.PLACEMENT.key())) {
      return "";
    }
    if (key.equals(Axis.DTYPE.key())) {
      return "";
    }
    if (key.equals(Axis.RANK.key())) {
      return "r";
    }
    if (key.equals(Axis.VIRTUAL_TOKENS.key())) {
      return "v";
    }
    if (key.equals(Axis.SEED.key())) {
      return "s";
    }
    return key.substring(key.indexOf('.') + 1) + "_";
  }

  private static String safe(Object value) {
    return value.toString().replace(',', '+').replaceAll("[^A-Za-z0-9._+@-]", "_");
  }
}
