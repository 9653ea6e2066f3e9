package dev.floe.coordinator.sweep;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.DatabindContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.jsontype.impl.TypeIdResolverBase;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Names each type of event, among others of other types, by its simple name: a closed set. */
final class EventNames extends TypeIdResolverBase {
  private static final Map<String, Class<?>> TYPES =
      concrete(SweepEvent.class)
          .collect(Collectors.toUnmodifiableMap(Class::getSimpleName, Function.identity()));

  private static Stream<Class<?>> concrete(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(EventNames::concrete)
        : Stream.of(type);
  }

  @Override
  public String idFromValue(Object event) {
    return event.getClass().getSimpleName();
  }

  @Override
  public String idFromValueAndType(Object event, Class<?> suggested) {
    return suggested.getSimpleName();
  }

  @Override
  public JavaType typeFromId(DatabindContext context, String name) {
    Class<?> type = TYPES.get(name);
    return type == null ? null : context.constructType(type);
  }

  @Override
  public String getDescForKnownTypeIds() {
    return TYPES.keySet().toString();
  }

  @Override
  public JsonTypeInfo.Id getMechanism() {
    return JsonTypeInfo.Id.NAME;
  }
}
