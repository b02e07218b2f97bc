package io.sallyport.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sallyport.gateway.setting.AccessLogFormat;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.gateway.setting.GateProperties.Tier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ResponseStatusException;

class HeaderFiltersTests {
    private static final MockServerWebExchange EXCHANGE = MockServerWebExchange.from(
            MockServerHttpRequest.get("https://www.example.com/").header("Host", "www.example.com"));

    private static HttpHeaders sent(Tier tier, HttpHeaders received) {
        return new UpstreamFields(new GateProperties(tier, "sallyport", AccessLogFormat.OFF, null))
                .filter(received, EXCHANGE);
    }

    private static HttpHeaders received(String... namesAndValues) {
        HttpHeaders headers = new HttpHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    @Test
    @DisplayName("RFC 9110 §7.6.1: what belongs to the connection is not sent on")
    void requestsLoseTheFieldsOfTheConnection() {
        HttpHeaders sent = sent(
                Tier.EDGE,
                received(
                        "Accept",
                        "text/html",
                        "Connection",
                        "close, X-Hop",
                        "X-Hop",
                        "1",
                        "Keep-Alive",
                        "5",
                        "TE",
                        "trailers",
                        "Upgrade",
                        "h2c",
                        "Proxy-Authorization",
                        "Basic x"));
        assertThat(sent.headerNames())
                .contains("Accept", "Via", "CDN-Loop")
                .doesNotContain("Connection", "X-Hop", "Keep-Alive", "TE", "Upgrade", "Proxy-Authorization");
    }

    @Test
    void severalLinesStaySeveral() {
        assertThat(sent(Tier.EDGE, received("Accept", "text/html", "accept", "image/png"))
                        .get("Accept"))
                .containsExactly("text/html", "image/png");
    }

    @Test
    void aServerOfRemoteCallsIsToldThatTrailersAreUnderstood() {
        assertThat(sent(Tier.EDGE, received("Content-Type", "application/grpc+proto"))
                        .get("TE"))
                .containsExactly("trailers");
    }

    @Test
    void theEdgeDescribesItsCustomerAndNobodyElseDoes() {
        HttpHeaders sent = sent(
                Tier.EDGE,
                received(
                        "Host",
                        "www.example.com",
                        "Forwarded",
                        "for=1.2.3.4",
                        "X-Forwarded-For",
                        "1.2.3.4",
                        "X-Forwarded-Prefix",
                        "/x"));
        assertThat(sent.get("X-Forwarded-Host")).containsExactly("www.example.com");
        assertThat(sent.get("X-Forwarded-Proto")).containsExactly("https");
        assertThat(sent.headerNames()).doesNotContain("Forwarded", "X-Forwarded-For", "X-Forwarded-Prefix");
    }

    @Test
    void theRegionalGateHandsOnWhatTheEdgeSays() {
        HttpHeaders sent = sent(
                Tier.REGIONAL,
                received(
                        "X-Forwarded-For",
                        "192.0.2.1",
                        "X-Forwarded-Host",
                        "www.example.com",
                        "Sallyport-Scheme",
                        "https"));
        assertThat(sent.get("X-Forwarded-For")).containsExactly("192.0.2.1");
        assertThat(sent.get("X-Forwarded-Host")).containsExactly("www.example.com");
        assertThat(sent.headerNames()).doesNotContain("Sallyport-Scheme");
    }

    @Test
    @DisplayName("RFC 9110 §7.6.1: what belongs to the connection is not handed on; what is for all recipients is")
    void responsesLoseTheFieldsOfTheConnection() {
        HttpHeaders handedOn = new ReceivedFields()
                .filter(
                        received(
                                "Connection",
                                "X-Hop, Cache-Control",
                                "X-Hop",
                                "1",
                                "Cache-Control",
                                "no-store",
                                "Transfer-Encoding",
                                "chunked",
                                "Content-Length",
                                "3",
                                "ETag",
                                "\"1\""),
                        EXCHANGE);
        assertThat(handedOn.headerNames()).containsExactlyInAnyOrder("Cache-Control", "ETag");
    }

    @Test
    @DisplayName("RFC 9112 §6.1: a transfer coding that was not asked for is refused")
    void anUnknownTransferCodingIsRefused() {
        assertThatExceptionOfType(ResponseStatusException.class)
                .isThrownBy(
                        () -> new ReceivedFields().filter(received("Transfer-Encoding", "gzip, chunked"), EXCHANGE));
    }
}
