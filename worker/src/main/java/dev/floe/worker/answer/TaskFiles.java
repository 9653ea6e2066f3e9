package dev.floe.worker.answer;

import dev.floe.protocol.job.Task;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which task a data file is of: its name says so. */
public final class TaskFiles {
  private static final Pattern ENDING = Pattern.compile("\\.[^.]*$");
  private static final Pattern SPLIT = Pattern.compile("[-_.](test|train|dev|validation)$");
  private static final Map<String, Task> NAMES = new HashMap<>();

  static {
    for (Task task : Task.values()) {
      NAMES.put(task.name().toLowerCase(Locale.ROOT).replace('_', '-'), task);
    }
    NAMES.put("social_i_qa", Task.SIQA);
    NAMES.put("arc-easy", Task.ARC_E);
    NAMES.put("arc-challenge", Task.ARC_C);
    NAMES.put("openbookqa", Task.OBQA);
  }

  private TaskFiles() {}

  /**
   * The task of a file such as {@code SVAMP.json}, {@code gsm8k_test.jsonl} or {@code
   * ARC-Easy.json}; empty for any other name.
   */
  public static Optional<Task> task(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    String stem = ENDING.matcher(name).replaceFirst("");
    return Optional.ofNullable(NAMES.get(SPLIT.matcher(stem).replaceFirst("")));
  }
}
