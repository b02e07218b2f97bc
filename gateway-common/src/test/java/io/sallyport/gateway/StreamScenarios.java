package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.sallyport.cache.store.ResponseStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

@DisplayName("A later request of an HTTP/2 connection")
class StreamScenarios {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final ScriptedOrigin origin = new ScriptedOrigin();
    private static GateUnderTest gate;

    @BeforeAll
    static void start() {
        gate = new GateUnderTest(origin.url(), "--server.http2.enabled=true");
    }

    @AfterAll
    static void stop() throws IOException {
        gate.close();
        origin.close();
    }

    @BeforeEach
    void empty() {
        gate.bean(ResponseStore.class).clear();
        EchoedTarget.script(origin);
    }

    /** A request, and its field lines: name, value, and so on. */
    record Asked(HttpMethod method, String target, List<String> fields) {}

    private record Response(int status, Map<String, List<String>> fields, String content) {}

    /** One connection. */
    private static final class Kept implements AutoCloseable {
        private final ConnectionProvider provider =
                ConnectionProvider.builder("kept").maxConnections(1).build();
        private final HttpClient client;

        Kept(int window) {
            client = HttpClient.create(provider)
                    .protocol(HttpProtocol.H2C)
                    .http2Settings(settings -> settings.initialWindowSize(window))
                    .host("127.0.0.1")
                    .port(gate.port());
        }

        Kept() {
            this(1 << 20);
        }

        Mono<Response> asking(Asked asked) {
            HttpClient.RequestSender request = client.headers(fields -> {
                        for (int i = 0; i < asked.fields().size(); i += 2) {
                            fields.add(asked.fields().get(i), asked.fields().get(i + 1));
                        }
                    })
                    .request(asked.method())
                    .uri(asked.target());
            HttpClient.ResponseReceiver<?> sent = asked.method().equals(HttpMethod.POST)
                    ? request.send(ByteBufFlux.fromString(Mono.just("abc")))
                    : request;
            return sent.responseSingle((head, content) -> content.asString(StandardCharsets.ISO_8859_1)
                    .defaultIfEmpty("")
                    .map(text ->
                            new Response(head.status().code(), fields(head.responseHeaders()), withoutTime(text))));
        }

        Response ask(Asked asked) {
            return Objects.requireNonNull(asking(asked).block(PATIENCE));
        }

        Response get(String target) {
            return ask(StreamScenarios.get(target));
        }

        private static Map<String, List<String>> fields(HttpHeaders headers) {
            Map<String, List<String>> fields = new TreeMap<>();
            headers.names().forEach(name -> fields.put(name, headers.getAll(name)));
            fields.remove("x-http2-stream-id");
            fields.computeIfPresent(
                    "content-type",
                    (name, types) -> types.stream().map(Kept::withoutTime).toList());
            return fields;
        }

        /** The boundary between parts tells the time. */
        private static String withoutTime(String text) {
            return text.replaceAll("sallyport-[0-9a-f]+-", "sallyport-");
        }

        @Override
        public void close() {
            provider.disposeLater().block(PATIENCE);
        }
    }

    private static Asked get(String target, String... fields) {
        return new Asked(HttpMethod.GET, target, List.of(fields));
    }

    static Stream<Asked> requests() {
        return Stream.of(
                get("/a"),
                get("/a?q=1", "user-agent", "test", "accept", "*/*"),
                get("/a", "cookie", "a=1", "cookie", "b=2"),
                new Asked(HttpMethod.HEAD, "/a", List.of()),
                get("/a", "if-none-match", "\"one\""),
                get("/a", "if-none-match", "\"two\""),
                get("/a", "if-modified-since", EchoedTarget.MODIFIED),
                get("/a*40", "range", "bytes=10-19"),
                get("/a*40", "range", "bytes=0-1,5-6"),
                get("/a*40", "range", "bytes=100000-"),
                get("/a", "cache-control", "no-cache"),
                get("/b", "cache-control", "only-if-cached"),
                get("/unstored"),
                get("/a*20000"),
                get("/a*30000"),
                get("/a*50000"),
                get("/a", "content-length", "0"),
                new Asked(HttpMethod.POST, "/a", List.of()),
                get("/a", "x-refuse", "1"),
                new Asked(HttpMethod.HEAD, "/a", List.of("x-refuse", "1")),
                get("/a", "cdn-loop", "edge.sallyport"),
                get("/a", "te", "trailers"),
                get("/a", "x", "y".repeat(6000)));
    }

    /** Has the cache store what may be stored of a target. */
    private static void store(String target) throws IOException {
        assertThat(gate.raw("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + gate.port()
                        + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 ");
    }

    @DisplayName("is answered as the first one is, and what comes after it as well")
    @ParameterizedTest
    @MethodSource("requests")
    void sameAsFirst(Asked asked) throws IOException {
        store("/first");
        store(asked.target());
        Response first;
        try (Kept fresh = new Kept()) {
            first = fresh.ask(asked);
        }
        store(asked.target());
        try (Kept kept = new Kept()) {
            kept.get("/first");
            kept.get("/first");
            assertThat(kept.ask(asked)).isEqualTo(first);
            assertThat(kept.get("/first").content()).isEqualTo("/first");
        }
    }

    @DisplayName("is answered where many are under way, hits and others")
    @ParameterizedTest
    @MethodSource("windows")
    void together(int window) throws IOException {
        store("/hit");
        store("/large*20000");
        try (Kept kept = new Kept(window)) {
            kept.get("/hit");
            List<Asked> requests = IntStream.range(0, 300)
                    .mapToObj(i -> switch (i % 10) {
                        case 1 -> new Asked(HttpMethod.POST, "/unstored" + i, List.of());
                        case 3 -> get("/miss" + i);
                        case 5 -> get("/unstored" + i);
                        case 7 -> get("/large*20000");
                        default -> get("/hit");
                    })
                    .toList();
            List<Response> responses = Flux.fromIterable(requests)
                    .flatMapSequential(kept::asking, 60)
                    .collectList()
                    .block(PATIENCE);
            assertThat(responses)
                    .extracting(Response::content)
                    .isEqualTo(requests.stream()
                            .map(asked -> EchoedTarget.content(asked.target()))
                            .toList());
        }
    }

    /** Octets that a stream may be sent before its client says more. */
    static IntStream windows() {
        return IntStream.of(100, 2000, 1 << 20);
    }

    @DisplayName("is counted")
    @Test
    void counted() throws IOException {
        store("/first");
        double before = hits();
        try (Kept kept = new Kept()) {
            for (int i = 0; i < 20; i++) {
                kept.get("/first");
            }
        }
        assertThat(hits() - before).isEqualTo(20);
    }

    private static double hits() {
        return gate.bean(MeterRegistry.class).get("sallyport.cache.requests").tag("outcome", "hit").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }
}
