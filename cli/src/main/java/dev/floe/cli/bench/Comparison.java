package dev.floe.cli.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Speeds of contenders that took turns, round by round. Machines are shared and their speed drifts,
 * so what counts is the median of the ratios within rounds, not the ratio of two runs.
 */
final class Comparison {
  private final String unit;
  private final Map<String, List<Double>> speeds = new LinkedHashMap<>();

  private Comparison(String unit) {
    this.unit = unit;
  }

  /**
   * Lets contenders take turns.
   *
   * @param warmup rounds of each that are not counted
   * @param rounds of each that are counted
   */
  static Comparison run(String unit, List<Contender> contenders, int warmup, int rounds)
      throws IOException, InterruptedException {
    Comparison comparison = new Comparison(unit);
    for (int round = 0; round < warmup + rounds; round++) {
      for (Contender contender : contenders) {
        double speed = contender.round();
        if (round >= warmup) {
          comparison.add(contender.name(), speed);
        }
      }
    }
    return comparison;
  }

  static Comparison empty(String unit) {
    return new Comparison(unit);
  }

  void add(String contender, double speed) {
    speeds.computeIfAbsent(contender, name -> new ArrayList<>()).add(speed);
  }

  /** The median, over rounds, of a contender's speed divided by the first one's. */
  double ratio(String contender) {
    List<Double> base = speeds.values().iterator().next();
    List<Double> own = speeds.get(contender);
    double[] ratios = new double[own.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = own.get(i) / base.get(i);
    }
    return median(ratios);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double[] values(List<Double> speeds) {
    return speeds.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** A line per contender. */
  String table() {
    int width = speeds.keySet().stream().mapToInt(String::length).max().orElse(0);
    StringBuilder table = new StringBuilder();
    String head = "%-" + Math.max(width, 9) + "s  %12s  %12s  %8s%n";
    table.append(String.format(Locale.ROOT, head, "", "median", "best", "ratio"));
    speeds.forEach(
        (name, list) -> {
          double[] values = values(list);
          table.append(
              String.format(
                  Locale.ROOT,
                  head,
                  name,
                  String.format(Locale.ROOT, "%,.0f", median(values)),
                  String.format(Locale.ROOT, "%,.0f", Arrays.stream(values).max().orElseThrow()),
                  String.format(Locale.ROOT, "%.2f", ratio(name))));
        });
    return table.append(unit).append(", ratio: median over rounds, to the first").toString();
  }

  /** Every round of every contender. */
  String json() {
    JsonMapper mapper = JsonMapper.builder().build();
    ObjectNode root = mapper.createObjectNode().put("unit", unit);
    ArrayNode contenders = root.putArray("contenders");
    speeds.forEach(
        (name, list) -> {
          ObjectNode node = contenders.addObject().put("name", name);
          node.put("median", median(values(list))).put("ratio", ratio(name));
          ArrayNode rounds = node.putArray("rounds");
          list.forEach(rounds::add);
        });
    return root.toPrettyString();
  }
}
