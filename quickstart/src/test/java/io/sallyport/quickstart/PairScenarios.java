package io.sallyport.quickstart;

import static io.sallyport.quickstart.PairUnderTest.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What customers, operators and strangers see of the pair: customer, edge, mTLS, regional, origin. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PairScenarios {
    private final TrialOrigin origin = new TrialOrigin();
    private PairUnderTest pair;

    @BeforeAll
    void start(@TempDir Path state) {
        pair = PairUnderTest.start(state, "--origin=http://localhost:" + origin.port());
    }

    @AfterAll
    void stop() throws IOException {
        pair.close();
        origin.close();
    }

    @Test
    void aMissGoesThroughBothGatesAndAHitThroughNone() throws Exception {
        HttpResponse<String> miss = pair.get("/hit");
        assertThat(miss.statusCode()).isEqualTo(200);
        assertThat(cacheStatus(miss)).matches("regional; fwd=uri-miss.*, edge; fwd=uri-miss.*");
        HttpResponse<String> hit = pair.get("/hit");
        assertThat(hit.body()).isEqualTo("page 1");
        assertThat(cacheStatus(hit)).matches("regional; fwd=uri-miss.*, edge; hit.*");
        assertThat(hit.headers().firstValue("Age")).isPresent();
        assertThat(String.join(", ", hit.headers().allValues("Via")))
                .matches("(1\\.[01]|2) regional\\.sallyport, (1\\.[01]|2) edge\\.sallyport");
        assertThat(origin.requests("/hit")).isOne();
    }

    @Test
    void aHeadIsAnsweredFromWhatIsStored() throws Exception {
        pair.get("/head");
        HttpResponse<String> head = Clients.send(
                pair.customer, request(pair.endpoints.edge(), "/head").method("HEAD", BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Length")).hasValue("6");
        assertThat(head.body()).isEmpty();
        assertThat(cacheStatus(head)).contains("edge; hit");
        assertThat(origin.requests("/head")).isOne();
    }

    @Test
    void aPostPassesWithItsBodyAndInvalidatesOnBothGates() throws Exception {
        pair.get("/post");
        HttpResponse<String> posted = Clients.send(
                pair.customer, request(pair.endpoints.edge(), "/post").POST(BodyPublishers.ofString("news")));
        assertThat(posted.body()).isEqualTo("posted news");
        HttpResponse<String> next = pair.get("/post");
        assertThat(next.body()).isEqualTo("page 3");
        assertThat(cacheStatus(next)).matches("regional; fwd=.*, edge; fwd=.*").doesNotContain("hit");
    }

    @Test
    void customersSpeakHttp2AsWell() throws Exception {
        try (HttpClient client = Clients.trusting(pair.customerCa(), HttpClient.Version.HTTP_2)) {
            HttpResponse<String> miss = Clients.send(client, request(pair.endpoints.edge(), "/http2"));
            assertThat(miss.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(pair.get("/http2").version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            HttpResponse<String> hit = Clients.send(client, request(pair.endpoints.edge(), "/http2"));
            assertThat(hit.body()).isEqualTo("page 1");
            assertThat(cacheStatus(hit)).contains("edge; hit");
        }
    }

    @Test
    void plainHttpOnlyRedirects() throws Exception {
        try (HttpClient client = Clients.plain()) {
            for (HttpRequest.Builder request : List.of(
                    request(pair.endpoints.edgeHttp(), "/a%20b?c=d&e"),
                    request(pair.endpoints.edgeHttp(), "/a%20b?c=d&e").POST(BodyPublishers.ofString("body")))) {
                HttpResponse<String> redirect = Clients.send(client, request);
                assertThat(redirect.statusCode()).isEqualTo(308);
                assertThat(redirect.headers().firstValue("Location")).hasValue(pair.endpoints.edge() + "/a%20b?c=d&e");
            }
        }
    }

    @Test
    void theRegionalGateOpensToTheEdgeOnly() throws Exception {
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            for (@Nullable
            Credentials stranger : new @Nullable Credentials[] {null, pair.admin(), pair.node("regional-1")}) {
                try (HttpClient client = Clients.showing(stranger, pair.root(), protocol)) {
                    assertThatIOException()
                            .as("%s with %s", protocol, stranger)
                            .isThrownBy(() -> Clients.send(client, request(pair.endpoints.regional(), "/stranger")));
                }
            }
            try (HttpClient edge = Clients.showing(pair.node("edge-1"), pair.root(), protocol)) {
                assertThat(Clients.send(edge, request(pair.endpoints.regional(), "/as-edge"))
                                .statusCode())
                        .isEqualTo(200);
            }
        }
        assertThat(origin.requests("/stranger")).isZero();
    }

    @Test
    void whatTheGatesTellEachOtherNeitherComesInNorGoesOut() throws Exception {
        HttpResponse<String> fields = Clients.send(
                pair.customer,
                request(pair.endpoints.edge(), "/fields")
                        .header("Sallyport-Scheme", "http")
                        .header("Sallyport-Forged", "yes")
                        .header("X-Kept", "yes"));
        assertThat(fields.body())
                .contains("x-kept: yes", "cdn-loop: edge.sallyport", "host: localhost:")
                .doesNotContainIgnoringCase("sallyport-scheme")
                .doesNotContainIgnoringCase("sallyport-forged")
                .doesNotContain("x-http2-");
    }

    @Test
    void theInventoryListsTheNodes() throws Exception {
        HttpResponse<String> inventory =
                Clients.send(pair.admin, request(pair.endpoints.pkiAdmin(), "/api/v1/certificates"));
        assertThat(inventory.statusCode()).isEqualTo(200);
        assertThat(inventory.body()).contains("edge-1", "regional-1");
    }

    @Test
    void operatorsSeeHealthAndNumbersOfEveryMember() throws Exception {
        pair.get("/numbers");
        pair.get("/numbers");
        try (HttpClient client = Clients.plain()) {
            for (String member : List.of(
                    pair.endpoints.edgeManagement(),
                    pair.endpoints.regionalManagement(),
                    pair.endpoints.pkiManagement())) {
                for (String probe : List.of("liveness", "readiness")) {
                    HttpResponse<String> health = Clients.send(client, request(member, "/actuator/health/" + probe));
                    assertThat(health.body()).as("%s of %s", probe, member).contains("\"status\":\"UP\"");
                }
            }
            assertThat(body(client, pair.endpoints.edgeManagement(), "/actuator/prometheus"))
                    .containsPattern("sallyport_cache_requests_total\\{.*outcome=\"hit\".*tier=\"edge\".*\\} [1-9]")
                    .contains("sallyport_cache_bytes_total{", "sallyport_cache_store_bytes");
            assertThat(body(client, pair.endpoints.regionalManagement(), "/actuator/prometheus"))
                    .containsPattern(
                            "sallyport_cache_requests_total\\{.*outcome=\"miss\".*tier=\"regional\".*\\} [1-9]");
            assertThat(body(client, pair.endpoints.edgeManagement(), "/actuator/httpcache"))
                    .contains("\"tier\":\"edge\"", "\"everything\":{", "\"hitRatio\":", "\"maxBytes\":");
            assertThat(body(client, pair.endpoints.regionalManagement(), "/actuator/httpcache"))
                    .contains("\"tier\":\"regional\"");
        }
    }

    @Test
    void anOperatorEmptiesTheStoreOfOneGate() throws Exception {
        pair.get("/emptied");
        try (HttpClient client = Clients.plain()) {
            assertThat(body(client, pair.endpoints.edgeManagement(), "/actuator/caches"))
                    .contains("\"caches\":{");
            HttpResponse<String> emptied = Clients.send(
                    client,
                    request(pair.endpoints.edgeManagement(), "/actuator/caches").DELETE());
            assertThat(emptied.statusCode()).isEqualTo(204);
        }
        assertThat(cacheStatus(pair.get("/emptied"))).matches("regional; hit.*, edge; fwd=.*");
        assertThat(origin.requests("/emptied")).isOne();
    }

    @Test
    void aWebSocketPassesBothGates() throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        WebSocket socket = pair.customer
                .newWebSocketBuilder()
                .buildAsync(
                        URI.create(pair.endpoints.edge().replace("https:", "wss:") + "/ws"), new WebSocket.Listener() {
                            @Override
                            public @Nullable CompletionStage<?> onText(
                                    WebSocket socket, CharSequence data, boolean last) {
                                answer.complete(data.toString());
                                return null;
                            }
                        })
                .get(20, TimeUnit.SECONDS);
        socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
        assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("echo hello");
        socket.abort();
    }

    @Test
    void serverSentEventsArriveAsTheyAreSent() throws Exception {
        // An origin sends its head with the first event.
        origin.events.tryEmitNext("zero").orThrow();
        HttpResponse<InputStream> response =
                pair.customer.send(request(pair.endpoints.edge(), "/events").build(), BodyHandlers.ofInputStream());
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            assertThat(event(lines)).isEqualTo("data: zero");
            for (String event : List.of("one", "two", "three")) {
                // The next one is sent only when the one before has arrived.
                origin.events.tryEmitNext(event).orThrow();
                assertThat(event(lines)).isEqualTo("data: " + event);
            }
            origin.events.tryEmitComplete().orThrow();
            assertThat(lines.readLine()).isNull();
        }
    }

    @Test
    void earlyHintsOfTheOriginReachTheCustomer() throws Exception {
        URI edge = URI.create(pair.endpoints.edge());
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), edge.getPort());
        try (SSLSocket socket = (SSLSocket) Clients.context(null, pair.customerCa())
                .getSocketFactory()
                .createSocket(plain, "localhost", edge.getPort(), true)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("GET /hints HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 103 Early Hints\r\n");
            assertThat(answer.substring(0, answer.indexOf("\r\n\r\n")))
                    .containsIgnoringCase("Link: </style.css>; rel=preload");
            assertThat(answer).contains("\r\n\r\nHTTP/1.1 200 OK\r\n").contains("with hints");
        }
    }

    private static @Nullable String event(BufferedReader lines) throws IOException {
        String event = lines.readLine();
        assertThat(lines.readLine()).isEmpty();
        return event;
    }

    private static String cacheStatus(HttpResponse<?> response) {
        return String.join(", ", response.headers().allValues("Cache-Status"));
    }

    private static String body(HttpClient client, String base, String path) throws Exception {
        HttpResponse<String> response = Clients.send(client, request(base, path));
        assertThat(response.statusCode()).as(path).isEqualTo(200);
        return response.body();
    }
}
