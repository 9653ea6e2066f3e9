package dev.floe.cli.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What a sweep took in modes that took turns. A ratio says how many times less a mode took than the
 * last one: the median of the ratios within rounds.
 */
final class SweepComparison {
  private final List<SweepMode> modes;
  private final Map<SweepMode, List<SweepTimes>> rounds = new EnumMap<>(SweepMode.class);

  SweepComparison(List<SweepMode> modes) {
    this.modes = List.copyOf(modes);
    modes.forEach(mode -> rounds.put(mode, new ArrayList<>()));
  }

  void add(SweepMode mode, SweepTimes times) {
    rounds.get(mode).add(times);
  }

  /** The median over rounds of how many times less a mode took than the last mode. */
  double ratio(SweepMode mode, ToDoubleFunction<SweepTimes> of) {
    List<SweepTimes> base = rounds.get(modes.get(modes.size() - 1));
    List<SweepTimes> own = rounds.get(mode);
    double[] ratios = new double[own.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = of.applyAsDouble(base.get(i)) / of.applyAsDouble(own.get(i));
    }
    return median(ratios);
  }

  private double median(SweepMode mode, ToDoubleFunction<SweepTimes> of) {
    return median(rounds.get(mode).stream().mapToDouble(of).toArray());
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }

  /** A line per mode: median seconds, and ratios. */
  String table() {
    StringBuilder table = new StringBuilder();
    String line = "%-16s  %10s %7s  %10s %7s  %10s %7s%n";
    table.append(
        line.formatted("", "makespan s", "ratio", "training s", "ratio", "evaluate s", "ratio"));
    for (SweepMode mode : modes) {
      table.append(
          line.formatted(
              mode.key(),
              number("%.1f", median(mode, SweepTimes::makespan)),
              number("%.2f", ratio(mode, SweepTimes::makespan)),
              number("%.1f", median(mode, SweepTimes::training)),
              number("%.2f", ratio(mode, SweepTimes::training)),
              number("%.1f", median(mode, SweepTimes::evaluation)),
              number("%.2f", ratio(mode, SweepTimes::evaluation))));
    }
    String last = modes.get(modes.size() - 1).key();
    return table
        .append("ratio: times less than ")
        .append(last)
        .append(", median over rounds")
        .toString();
  }

  private static String number(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "-";
  }

  /** Every round of every mode. */
  String json() {
    ObjectNode root = JsonMapper.builder().build().createObjectNode().put("unit", "seconds");
    ArrayNode list = root.putArray("modes");
    for (SweepMode mode : modes) {
      ObjectNode node = list.addObject().put("name", mode.key());
      node.put("makespan", median(mode, SweepTimes::makespan));
      node.put("makespan_ratio", ratio(mode, SweepTimes::makespan));
      node.put("training", median(mode, SweepTimes::training));
      node.put("evaluation", median(mode, SweepTimes::evaluation));
      ArrayNode all = node.putArray("rounds");
      for (SweepTimes times : rounds.get(mode)) {
        all.addObject()
            .put("makespan", times.makespan())
            .put("training", times.training())
            .put("evaluation", times.evaluation());
      }
    }
    return root.toPrettyString();
  }
}
