package dev.floe.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.junit.jupiter.api.Test;

class AccessTest {
  private static final String OWN = "http://127.0.0.1:8080/api/sweeps";
  private static final String ELSEWHERE = "http://floe.example:8080/api/sweeps";

  private final Access local = Access.ofThisMachine();
  private final Access guarded = Access.withToken("secret");

  @Test
  void withoutAToken_onlyThisMachineIsAnswered() {
    assertThat(local.refusal(HttpRequest.GET(OWN))).isEmpty();
    assertThat(status(local, HttpRequest.GET(ELSEWHERE))).isEqualTo(421);
  }

  @Test
  void withAToken_whoeverKnowsItIsAnswered() {
    assertThat(status(guarded, HttpRequest.GET(ELSEWHERE))).isEqualTo(401);
    assertThat(status(guarded, with(HttpRequest.GET(ELSEWHERE), "Authorization", "Bearer secre")))
        .isEqualTo(401);
    assertThat(guarded.refusal(with(HttpRequest.GET(ELSEWHERE), "Authorization", "Bearer secret")))
        .isEmpty();
    String pair = Base64.getEncoder().encodeToString("any:secret".getBytes(StandardCharsets.UTF_8));
    assertThat(guarded.refusal(with(HttpRequest.GET(ELSEWHERE), "Authorization", "Basic " + pair)))
        .isEmpty();
    assertThat(status(guarded, with(HttpRequest.GET(ELSEWHERE), "Authorization", "Basic ?!")))
        .isEqualTo(401);
  }

  @Test
  void probes_needNoToken() {
    assertThat(guarded.refusal(HttpRequest.GET("http://10.0.0.1:8080/ready"))).isEmpty();
  }

  @Test
  void changeFromAnotherSitesPage_isRefused() {
    HttpRequest post = HttpRequest.POST(OWN).withEntity(ContentTypes.APPLICATION_JSON, "{}");
    HttpRequest own = with(post, "Host", "127.0.0.1:8080");
    assertThat(local.refusal(own)).isEmpty();
    assertThat(local.refusal(with(own, "Origin", "http://127.0.0.1:8080"))).isEmpty();
    assertThat(status(local, with(own, "Origin", "http://evil.example"))).isEqualTo(403);
    assertThat(status(local, with(own, "Origin", "null"))).isEqualTo(403);
    assertThat(status(local, with(own, "Sec-Fetch-Site", "cross-site"))).isEqualTo(403);
  }

  @Test
  void formOfAPage_isNoJson() {
    HttpRequest form =
        HttpRequest.POST(OWN).withEntity(ContentTypes.TEXT_PLAIN_UTF8, "{\"spec\": 1}");
    assertThat(status(local, with(form, "Host", "127.0.0.1:8080"))).isEqualTo(415);
  }

  private static HttpRequest with(HttpRequest request, String name, String value) {
    return request.addHeader(RawHeader.create(name, value));
  }

  private static int status(Access access, HttpRequest request) {
    return access.refusal(request).map(HttpResponse::status).orElseThrow().intValue();
  }
}
