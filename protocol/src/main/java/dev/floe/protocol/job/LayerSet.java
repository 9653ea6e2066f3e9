package dev.floe.protocol.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Layers of a backbone, counted from 0, in the words of the sweep file:
 *
 * <ul>
 *   <li>{@code 3}, {@code 2..5} (both ends included) or {@code 0,2,7}
 *   <li>{@code first-half}, {@code last-third}, {@code first-quarter} and so on, rounded up
 *   <li>{@code every-2nd}, {@code every-3rd} and so on: layers 0, 2, 4, …
 * </ul>
 *
 * @param text one of these forms
 */
public record LayerSet(@JsonValue String text) {
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,6})\\.\\.([0-9]{1,6})");
  private static final Pattern LISTED = Pattern.compile("[0-9]{1,6}(,[0-9]{1,6})*");
  private static final Pattern SHARE = Pattern.compile("(first|last)-(half|third|quarter)");
  private static final Pattern EVERY = Pattern.compile("every-([0-9]{1,6})(?:st|nd|rd|th)");

  /**
   * @throws IllegalArgumentException when {@code text} has none of the forms
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public LayerSet {
    if (!List.of(RANGE, LISTED, SHARE, EVERY).stream().anyMatch(p -> p.matcher(text).matches())) {
      throw new IllegalArgumentException(
          "layers must be such as 3, 2..5, 0,2,7, first-half, last-third or every-2nd, got "
              + text);
    }
    Matcher range = RANGE.matcher(text);
    if (range.matches() && number(range, 2) < number(range, 1)) {
      throw new IllegalArgumentException("layers end before they begin: " + text);
    }
    Matcher every = EVERY.matcher(text);
    if (every.matches() && number(every, 1) == 0) {
      throw new IllegalArgumentException("layers must be every-1st or more, got " + text);
    }
  }

  /** Exactly these layers, as a range if they are one. */
  public static LayerSet of(Collection<Integer> layers) {
    List<Integer> sorted = layers.stream().sorted().distinct().toList();
    int first = sorted.get(0);
    int last = sorted.get(sorted.size() - 1);
    if (sorted.size() > 1 && last - first == sorted.size() - 1) {
      return new LayerSet(first + ".." + last);
    }
    return new LayerSet(sorted.stream().map(String::valueOf).collect(Collectors.joining(",")));
  }

  /**
   * The layers that are meant, in ascending order; some may not exist.
   *
   * @param layers how many the backbone has
   */
  public List<Integer> in(int layers) {
    Matcher range = RANGE.matcher(text);
    if (range.matches()) {
      return IntStream.rangeClosed(number(range, 1), number(range, 2)).boxed().toList();
    }
    Matcher share = SHARE.matcher(text);
    if (share.matches()) {
      int count = 1 + (layers - 1) / parts(share.group(2));
      int first = share.group(1).equals("first") ? 0 : layers - count;
      return IntStream.range(first, first + count).boxed().toList();
    }
    Matcher every = EVERY.matcher(text);
    if (every.matches()) {
      int step = number(every, 1);
      return IntStream.iterate(0, i -> i < layers, i -> i + step).boxed().toList();
    }
    return Arrays.stream(text.split(",", -1)).map(Integer::valueOf).distinct().sorted().toList();
  }

  /** Whether a backbone with so many layers has all that are meant. */
  public boolean existsIn(int layers) {
    List<Integer> meant = in(layers);
    return meant.get(meant.size() - 1) < layers;
  }

  private static int parts(String share) {
    return switch (share) {
      case "half" -> 2;
      case "third" -> 3;
      default -> 4;
    };
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }
}
