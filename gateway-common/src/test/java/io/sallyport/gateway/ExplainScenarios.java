package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.store.Purge;
import io.sallyport.cache.store.ResponseStore;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an operator is told at the management port about a request. */
class ExplainScenarios {
    private static final ScriptedOrigin origin = new ScriptedOrigin();
    private static final HttpClient operator = HttpClient.newHttpClient();
    private static GateUnderTest gate;

    @BeforeAll
    static void start() {
        gate = new GateUnderTest(
                origin.url(),
                "--management.server.port=0",
                "--management.server.address=127.0.0.1",
                "--management.endpoints.web.exposure.include=explain",
                "--spring.cloud.gateway.server.webflux.routes[0].predicates[1]=Path=/never",
                "--spring.cloud.gateway.server.webflux.routes[1].id=except",
                "--spring.cloud.gateway.server.webflux.routes[1].uri=" + origin.url(),
                "--spring.cloud.gateway.server.webflux.routes[1].order=-1",
                "--spring.cloud.gateway.server.webflux.routes[1].predicates[0]=Path=/plain/**",
                "--spring.cloud.gateway.server.webflux.routes[2].id=site",
                "--spring.cloud.gateway.server.webflux.routes[2].uri=" + origin.url(),
                "--spring.cloud.gateway.server.webflux.routes[2].order=-1",
                "--spring.cloud.gateway.server.webflux.routes[2].predicates[0]=Path=/site/**",
                "--spring.cloud.gateway.server.webflux.routes[2].filters[0].name=HttpCache",
                "--spring.cloud.gateway.server.webflux.routes[2].filters[0].args.query=sorted",
                "--spring.cloud.gateway.server.webflux.routes[2].filters[0].args.targeted-fields=CDN-Cache-Control",
                "--spring.cloud.gateway.server.webflux.routes[3].id=odd",
                "--spring.cloud.gateway.server.webflux.routes[3].uri=" + origin.url(),
                "--spring.cloud.gateway.server.webflux.routes[3].order=-1",
                "--spring.cloud.gateway.server.webflux.routes[3].predicates[0]=Path=/odd/**",
                "--spring.cloud.gateway.server.webflux.routes[3].predicates[1]=Header=X-Odd");
    }

    @AfterAll
    static void stop() throws IOException {
        gate.close();
        origin.close();
        operator.close();
    }

    @BeforeEach
    void empty() {
        gate.bean(ResponseStore.class).clear();
    }

    private static String url(String target) {
        return "http://127.0.0.1:" + gate.port() + target;
    }

    private static HttpResponse<String> asked(String... namesAndValues) {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            query.append(i == 0 ? '?' : '&')
                    .append(namesAndValues[i])
                    .append('=')
                    .append(URLEncoder.encode(namesAndValues[i + 1], StandardCharsets.UTF_8));
        }
        String port = gate.bean(Environment.class).getRequiredProperty("local.management.port");
        URI uri = URI.create("http://127.0.0.1:" + port + "/actuator/explain" + query);
        try {
            return operator.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode explained(String... namesAndValues) {
        HttpResponse<String> answer = asked(namesAndValues);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    @Test
    void aStoredResponseIsExplainedWithItsFreshnessSum() {
        origin.answers(
                "200 OK\nCDN-Cache-Control: max-age=100, stale-while-revalidate=30, stale-if-error=50\n"
                        + "Cache-Control: no-store\nAge: 20\nETag: \"a\"\nVary: Accept-Language\nSurrogate-Key: shop news",
                "hello");
        gate.get("/site/a?b=2&a=1", "Accept-Language", "de");
        gate.passes(Duration.ofSeconds(10));
        JsonNode report = explained("url", url("/site/a?b=2&a=1"), "header", "Accept-Language: de");
        assertThat(report.at("/tier").asString()).isEqualTo("edge");
        assertThat(report.at("/route/id").asString()).isEqualTo("site");
        assertThat(report.at("/route/cached").asBoolean()).isTrue();
        assertThat(report.at("/key/routeId").asString()).startsWith("site@");
        assertThat(report.at("/key/scheme").asString()).isEqualTo("http");
        assertThat(report.at("/key/host").asString()).isEqualTo("127.0.0.1:" + gate.port());
        assertThat(report.at("/key/path").asString()).isEqualTo("/site/a");
        assertThat(report.at("/query"))
                .hasToString("{\"policy\":\"sorted\",\"came\":\"b=2&a=1\",\"keyed\":\"a=1&b=2\"}");
        assertThat(report.at("/decision/action").asString()).isEqualTo("serve");
        assertThat(report.at("/hitForMiss").asBoolean()).isFalse();
        assertThat(report.at("/fillInFlight").asBoolean()).isFalse();
        assertThat(report.at("/lastNotStored").isNull()).isTrue();
        assertThat(report.at("/variants").size()).isOne();
        JsonNode variant = report.at("/variants/0");
        assertThat(variant.at("/nominated")).hasToString("[{\"name\":\"accept-language\",\"value\":\"de\"}]");
        assertThat(variant.at("/selected").asBoolean()).isTrue();
        assertThat(variant.at("/status").asInt()).isEqualTo(200);
        assertThat(variant.at("/bytes").asInt()).isEqualTo(5);
        assertThat(variant.at("/tags")).hasToString("[\"news\",\"shop\"]");
        assertThat(variant.at("/endedEarly").asBoolean()).isFalse();
        assertThat(variant.at("/reuse/now").asBoolean()).isTrue();
        assertThat(variant.at("/reuse/why").asString()).isEqualTo("fresh for another 70 s");
        JsonNode sum = variant.at("/freshness");
        assertThat(sum.at("/lifetime").asInt()).isEqualTo(100);
        assertThat(sum.at("/lifetimeFrom/field").asString()).isEqualTo("CDN-Cache-Control");
        assertThat(sum.at("/lifetimeFrom/directive").asString()).isEqualTo("max-age");
        assertThat(sum.at("/correctedInitialAge").asInt()).isEqualTo(20);
        assertThat(sum.at("/residentTime").asInt()).isEqualTo(10);
        assertThat(sum.at("/currentAge").asInt()).isEqualTo(30);
        assertThat(sum.at("/left").asInt()).isEqualTo(70);
        assertThat(sum.at("/freshUntil").asString())
                .isEqualTo(gate.now().plusSeconds(70).toString());
        assertThat(sum.at("/staleWhileRevalidate/seconds").asInt()).isEqualTo(30);
        assertThat(sum.at("/staleWhileRevalidate/until").asString())
                .isEqualTo(gate.now().plusSeconds(100).toString());
        assertThat(sum.at("/staleIfError/seconds").asInt()).isEqualTo(50);
        assertThat(sum.at("/responseTime").asString())
                .isEqualTo(gate.now().minusSeconds(10).toString());
        assertThat(origin.asked()).as("nothing is sent").hasSize(1);
    }

    @Test
    void whatIsStaleTellsForHowLongAndWhatMayStillBeDone() {
        origin.answers("200 OK\nCache-Control: max-age=10, stale-while-revalidate=30\nETag: \"a\"", "hello");
        gate.get("/site/stale");
        gate.passes(Duration.ofSeconds(15));
        JsonNode within = explained("url", url("/site/stale"));
        assertThat(within.at("/decision/action").asString()).isEqualTo("serve-and-revalidate");
        assertThat(within.at("/variants/0/reuse/why").asString())
                .isEqualTo("stale for 5 s, within stale-while-revalidate");
        gate.passes(Duration.ofSeconds(30));
        JsonNode beyond = explained("url", url("/site/stale"));
        assertThat(beyond.at("/decision")).hasToString("{\"action\":\"forward\",\"why\":\"stale\",\"shared\":true}");
        assertThat(beyond.at("/variants/0/reuse/now").asBoolean()).isFalse();
        assertThat(beyond.at("/variants/0/reuse/why").asString()).isEqualTo("stale for 35 s");
        assertThat(beyond.at("/variants/0/reuse/whenDisconnected").asBoolean()).isTrue();
        assertThat(beyond.at("/variants/0/reuse/onServerError").asBoolean()).isFalse();
    }

    @Test
    void anotherVariantIsNotSelected() {
        origin.answers("200 OK\nCache-Control: max-age=10\nVary: Accept-Language", "hello");
        gate.get("/site/vary", "Accept-Language", "de");
        JsonNode report = explained("url", url("/site/vary"), "header", "Accept-Language: fr, en");
        assertThat(report.at("/decision/why").asString()).isEqualTo("vary-miss");
        assertThat(report.at("/variants/0/selected").asBoolean()).isFalse();
        assertThat(report.at("/variants/0/reuse/now").asBoolean()).isFalse();
        assertThat(report.at("/variants/0/reuse/why").asString()).startsWith("its nominated fields differ");
    }

    @Test
    void aSoftPurgeIsSeen() {
        origin.answers("200 OK\nCache-Control: max-age=1000\nETag: \"p\"", "hello");
        gate.get("/site/purged");
        JsonNode before = explained("url", url("/site/purged"));
        gate.passes(Duration.ofSeconds(1));
        gate.bean(ResponseStore.class).purge(softPurge());
        JsonNode after = explained("url", url("/site/purged"));
        assertThat(before.at("/variants/0/endedEarly").asBoolean()).isFalse();
        assertThat(after.at("/variants/0/endedEarly").asBoolean()).isTrue();
        assertThat(after.at("/decision/action").asString()).isEqualTo("forward");
    }

    private static Purge softPurge() {
        return Purge.soft(new Purge.All());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Cache-Control: private, max-age=60              | private
                    Cache-Control: no-store                         | no-store
                    Cache-Control: max-age=60\\nSet-Cookie: s=secret | set-cookie
                    Cache-Control: max-age=60\\nVary: *              | vary
                    X-None: x                                       | stale
                    Cache-Control: max-age=0                        | stale
                    """)
    void whatWasNotStoredTellsWhy(String fields, String reason) {
        origin.answers("200 OK\n" + fields.replace("\\n", "\n"), "hello");
        String target = "/site/not-stored-" + fields.hashCode();
        gate.get(target);
        HttpResponse<String> answer = asked("url", url(target));
        JsonNode report = JsonMapper.shared().readTree(answer.body());
        assertThat(report.at("/lastNotStored/reason").asString()).isEqualTo(reason);
        assertThat(report.at("/lastNotStored/status").asInt()).isEqualTo(200);
        assertThat(report.at("/lastNotStored/at").asString())
                .isEqualTo(gate.now().toString());
        assertThat(report.at("/hitForMiss").asBoolean()).isTrue();
        assertThat(report.at("/decision"))
                .hasToString("{\"action\":\"forward\",\"why\":\"uri-miss\",\"shared\":false}");
        assertThat(answer.body()).doesNotContain("secret");
        // What becomes storable is not stored while the marker stands, and the note says so.
        origin.answers("200 OK\nCache-Control: max-age=60", "hello");
        gate.get(target);
        assertThat(explained("url", url(target)).at("/lastNotStored/reason").asString())
                .isEqualTo("hit-for-miss");
        gate.passes(Duration.ofMinutes(3));
    }

    @Test
    void whatIsTooLargeTellsSo() {
        origin.answers("200 OK\nCache-Control: max-age=60", "x".repeat(5 << 20));
        gate.get("/site/large");
        JsonNode report = explained("url", url("/site/large"));
        assertThat(report.at("/lastNotStored/reason").asString()).isEqualTo("too-large");
    }

    @Test
    void aFillInFlightIsSeen() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        origin.script((request, connection) -> {
            arrived.countDown();
            go.await();
            connection.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        CompletableFuture<HttpResponse<String>> customer =
                CompletableFuture.supplyAsync(() -> gate.get("/site/in-flight"));
        arrived.await();
        assertThat(explained("url", url("/site/in-flight")).at("/fillInFlight").asBoolean())
                .isTrue();
        go.countDown();
        customer.join();
    }

    @Test
    void theRouteThatTakesItIsNamedAlsoWhereNothingIsCached() {
        JsonNode plain = explained("url", url("/plain/x"));
        assertThat(plain.at("/route"))
                .hasToString("{\"id\":\"except\",\"cached\":false,\"why\":\"it has no filter HttpCache\"}");
        assertThat(plain.at("/decision/action").asString()).isEqualTo("pass");
        JsonNode odd = explained("url", url("/odd/x"));
        assertThat(odd.at("/route/id").asString()).isEqualTo("odd");
        assertThat(odd.at("/route/why").asString())
                .contains("only Spring can tell")
                .contains("Header");
        JsonNode none = explained("url", url("/elsewhere"));
        assertThat(none.at("/route"))
                .hasToString("{\"id\":null,\"cached\":false,\"why\":\"no route takes the request\"}");
    }

    @Test
    void methodsAndFieldsDecideAsTheyDoForCustomers() {
        assertThat(explained("url", url("/site/m"), "method", "POST").at("/decision"))
                .hasToString("{\"action\":\"pass\",\"why\":\"method\",\"shared\":null}");
        assertThat(explained("url", url("/site/m"), "header", "If-Match: \"a\"")
                        .at("/decision/action")
                        .asString())
                .isEqualTo("pass");
        assertThat(explained("url", url("/site/m"), "header", "Upgrade: websocket")
                        .at("/decision"))
                .hasToString("{\"action\":\"pass\",\"why\":\"Upgrade\",\"shared\":null}");
        assertThat(explained("url", url("/site/m"), "header", "Content-Length: 3")
                        .at("/decision/action")
                        .asString())
                .isEqualTo("pass");
        assertThat(explained("url", url("/site/m"), "header", "Cache-Control: only-if-cached")
                        .at("/decision"))
                .hasToString("{\"action\":\"refuse\",\"why\":\"504: only-if-cached\",\"shared\":null}");
        assertThat(explained("url", url("/site/m"), "header", "CDN-Loop: edge.sallyport")
                        .at("/decision/why")
                        .asString())
                .startsWith("508");
    }

    @Test
    void credentialsNeverAppear() {
        origin.answers("200 OK\nCache-Control: public, max-age=60\nVary: Cookie, Authorization\nX-Kept: yes", "hello");
        gate.get("/site/secret", "Cookie", "id=sesame", "Authorization", "Bearer sesame");
        String answer = asked(
                        "url",
                        url("/site/secret"),
                        "header",
                        "Cookie: id=sesame",
                        "header",
                        "Authorization: Bearer sesame")
                .body();
        assertThat(JsonMapper.shared().readTree(answer).at("/decision/action").asString())
                .isEqualTo("serve");
        assertThat(answer).doesNotContain("sesame").contains("(not shown)");
        assertThat(asked("url", url("/"), "header", "Authorization Bearer sesame")
                        .body())
                .doesNotContain("sesame");
        assertThat(asked("url", url("/"), "header", "Cookie: a=sesame\u0001").body())
                .doesNotContain("sesame");
    }

    @Test
    void everyPartOfABadQuestionIsNamed() {
        assertBad("url: expected one absolute URL", "other", "x");
        assertBad("came none", "url", "");
        assertBad("came 2 of them", "url", "http://a/", "url", "http://b/");
        assertBad("begins with http:// or https://; came '/path'", "url", "/path");
        assertBad("begins with http:// or https://; came 'ftp://a/'", "url", "ftp://a/");
        assertBad("came 'http://'", "url", "http://");
        assertBad("came 'http://a b/'", "url", "http://a b/");
        assertBad("came 'http://a/<x>'", "url", "http://a/<x>");
        assertBad("came 'http://a/%zz'", "url", "http://a/%zz");
        assertBad("expected no user information", "url", "http://user:pass@a/");
        assertBad("expected at most 2048 characters; came 2100", "url", "http://a/" + "x".repeat(2091));
        assertBad("header 1: expected Name: value; came 6 characters", "url", "http://a/", "header", "Accept");
        assertBad("header 2: expected a field name", "url", "http://a/", "header", "A: b", "header", "B C: d");
        assertBad("header 1: expected no Host", "url", "http://a/", "header", "Host: b");
        assertBad("header 1: expected a value without", "url", "http://a/", "header", "A: b\nC: d");
        assertBad("expected at most 1024 characters", "url", "http://a/", "header", "A: " + "b".repeat(1022));
        assertBad("method: expected one method", "url", "http://a/", "method", "G T");
        assertBad("method: expected one method", "url", "http://a/", "method", "");
        List<String> many = new ArrayList<>(List.of("url", "http://a/"));
        for (int i = 0; i < 33; i++) {
            many.addAll(List.of("header", "A: b,c"));
        }
        assertBad("header: expected at most 32; came 33", many.toArray(String[]::new));
    }

    private static void assertBad(String message, String... namesAndValues) {
        HttpResponse<String> answer = asked(namesAndValues);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains(message).doesNotContain("pass@");
    }
}
