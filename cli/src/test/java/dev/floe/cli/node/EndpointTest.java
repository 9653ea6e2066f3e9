package dev.floe.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
  @Test
  void hostAndPort_areRead() {
    assertThat(Endpoint.parse("node-1.example:25520"))
        .isEqualTo(new Endpoint("node-1.example", 25520));
    assertThat(Endpoint.parse("[::1]:80")).hasToString("[::1]:80");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "host", ":80", "host:", "host:99999", "host:1/x", "u@host:1", "a b:1"})
  void whatIsNoEndpoint_isRefused(String text) {
    assertThatThrownBy(() -> Endpoint.parse(text)).hasMessageContaining("is not HOST:PORT");
  }
}
