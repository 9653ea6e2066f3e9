package dev.floe.coordinator.view;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

/** A job's parameters, computed when someone looks at them. Unmodifiable. */
final class LazyParameters extends AbstractMap<String, Object> {
  private final int job;
  private final IntFunction<Map<String, Object>> source;
  private volatile Map<String, Object> resolved; // null until someone looked

  LazyParameters(int job, IntFunction<Map<String, Object>> source) {
    this.job = job;
    this.source = source;
  }

  @Override
  public Set<Entry<String, Object>> entrySet() {
    Map<String, Object> known = resolved;
    if (known == null) {
      known = Collections.unmodifiableMap(new LinkedHashMap<>(source.apply(job)));
      resolved = known;
    }
    return known.entrySet();
  }
}
