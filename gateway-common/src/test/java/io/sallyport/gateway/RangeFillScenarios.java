package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.engine.HttpCache;
import io.sallyport.cache.store.ResponseStore;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RFC 9110, section 14: those who only ever ask for ranges fill the store with the whole")
class RangeFillScenarios {
    private static final String ROUTE = "--spring.cloud.gateway.server.webflux.routes[1].";
    private static final int LIMIT = 3 << 20;
    private static final ScriptedOrigin origin = new ScriptedOrigin();
    private static GateUnderTest gate;

    @BeforeAll
    static void start() {
        gate = new GateUnderTest(
                origin.url(),
                "--sallyport.fill.window=256KB",
                ROUTE + "id=ranges",
                ROUTE + "uri=" + origin.url(),
                ROUTE + "order=-1",
                ROUTE + "predicates[0]=Path=/**",
                ROUTE + "filters[0].name=HttpCache",
                ROUTE + "filters[0].args.range-fill=3MB");
    }

    @AfterAll
    static void stop() throws IOException {
        gate.close();
        origin.close();
    }

    @BeforeEach
    void empty() {
        gate.bean(ResponseStore.class).clear();
    }

    private static String text(int length) {
        StringBuilder text = new StringBuilder(length + 8);
        while (text.length() < length) {
            text.append(text.length()).append(' ');
        }
        text.setLength(length);
        return text.toString();
    }

    /** An origin that knows ranges from a position on. */
    private static void serves(String content, String fields) {
        serves(content, fields, false);
    }

    private static void serves(String content, String fields, boolean chunked) {
        origin.script((request, connection) -> {
            String range = request.field("range");
            int first = range.isEmpty() ? 0 : Integer.parseInt(range.substring(6, range.indexOf('-')));
            String sent = content.substring(first);
            connection.say("HTTP/1.1 " + (range.isEmpty() ? "200 OK" : "206 Partial Content") + "\r\n" + fields
                    + (range.isEmpty()
                            ? ""
                            : "Content-Range: bytes " + first + "-" + (content.length() - 1) + "/" + content.length()
                                    + "\r\n")
                    + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + sent.length()) + "\r\n\r\n");
            connection.say(chunked ? Integer.toHexString(sent.length()) + "\r\n" + sent + "\r\n0\r\n\r\n" : sent);
        });
    }

    private static List<String> rangesAsked() {
        return origin.asked().stream().map(asked -> asked.field("range")).toList();
    }

    private static void awaitNothingInFlight() {
        while (gate.bean(HttpCache.class).fillsInFlight() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void aRangeIsServedFromTheWholeWhichIsStored() {
        serves("0123456789", "Cache-Control: max-age=60\r\nETag: \"a\"\r\n");
        HttpResponse<String> first = gate.get("/part", "Range", "bytes=2-4");
        assertThat(first.statusCode()).isEqualTo(206);
        assertThat(first.body()).isEqualTo("234");
        assertThat(first.headers().firstValue("content-range")).hasValue("bytes 2-4/10");
        assertThat(first.headers().firstValue("content-length")).hasValue("3");
        assertThat(first.headers().allValues("cache-status").toString()).contains("fwd=uri-miss", "stored");
        awaitNothingInFlight();
        HttpResponse<String> second = gate.get("/part", "Range", "bytes=-3");
        assertThat(second.body()).isEqualTo("789");
        assertThat(second.headers().allValues("cache-status").toString()).contains("hit");
        assertThat(gate.get("/part").body()).isEqualTo("0123456789");
        assertThat(rangesAsked()).containsExactly("");
    }

    @ParameterizedTest
    @CsvSource({"bytes=20-, 416", "bytes=0-0, 206", "bytes=9-, 206", "items=0-1, 200", "bytes=4-2, 200"})
    void whatIsAskedForIsJudgedByTheLength(String range, int status) {
        serves("0123456789", "Cache-Control: max-age=60\r\n");
        origin.asked().clear();
        if (status == 200) { // no range of bytes: it goes on as it came, and the origin ignores it
            origin.answers("200 OK\nCache-Control: max-age=60", "0123456789");
        }
        HttpResponse<String> response = gate.get("/judged", "Range", range);
        assertThat(response.statusCode()).isEqualTo(status);
        if (status == 416) {
            assertThat(response.headers().firstValue("content-range")).hasValue("bytes */10");
        }
    }

    @ParameterizedTest
    @CsvSource({"'\"a\"', 206", "'\"b\"', 200", "W/'\"a\"', 200", "'Thu, 01 Jan 2026 00:00:00 GMT', 200"})
    @DisplayName("RFC 9110, section 13.1.5: If-Range is judged by what upstream sends")
    void ifRangeIsRespected(String condition, int status) {
        serves("0123456789", "Cache-Control: max-age=60\r\nETag: \"a\"\r\n");
        HttpResponse<String> response = gate.get("/if", "Range", "bytes=2-4", "If-Range", condition);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo(status == 206 ? "234" : "0123456789");
        assertThat(origin.asked().getFirst().field("if-range")).isEmpty();
    }

    @Test
    void aRangeFarBehindTheWindowIsReached() {
        String content = text(LIMIT);
        serves(content, "Cache-Control: max-age=60\r\n");
        HttpResponse<String> response = gate.get("/far", "Range", "bytes=3000000-3000009");
        assertThat(response.statusCode()).isEqualTo(206);
        assertThat(response.body()).isEqualTo(content.substring(3_000_000, 3_000_010));
        awaitNothingInFlight();
        assertThat(gate.get("/far").body()).isEqualTo(content);
        assertThat(rangesAsked()).containsExactly("");
    }

    @Test
    void theFillGoesOnWhenItsReaderHasItsPart() {
        String content = text(LIMIT);
        serves(content, "Cache-Control: max-age=60\r\n");
        assertThat(gate.get("/goes-on", "Range", "bytes=0-9").body()).isEqualTo(content.substring(0, 10));
        awaitNothingInFlight();
        assertThat(gate.get("/goes-on").body()).isEqualTo(content);
        assertThat(origin.asked()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsTooLargeOrOfUnknownLengthIsFetchedInParts(boolean chunked) {
        String content = chunked ? text(1000) : text(LIMIT + 1);
        serves(content, "Cache-Control: max-age=60\r\nETag: \"a\"\r\n", chunked);
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> response = gate.get("/parts-" + chunked, "Range", "bytes=990-");
            assertThat(response.statusCode()).isEqualTo(206);
            assertThat(response.body()).isEqualTo(content.substring(990));
        }
        // Tried once, then remembered for ten minutes.
        assertThat(rangesAsked()).containsExactly("", "bytes=990-", "bytes=990-", "bytes=990-");
        awaitNothingInFlight();
        assertThat(gate.bean(ResponseStore.class).usage().entries()).isZero();
        gate.passes(Duration.ofMinutes(11));
        gate.get("/parts-" + chunked, "Range", "bytes=990-");
        assertThat(rangesAsked()).endsWith("", "bytes=990-");
    }

    @Test
    void whatMayNotBeStoredIsFetchedInParts() {
        serves("0123456789", "Cache-Control: no-store\r\n");
        for (int i = 0; i < 2; i++) {
            assertThat(gate.get("/private", "Range", "bytes=7-").body()).isEqualTo("789");
        }
        assertThat(rangesAsked()).containsExactly("", "bytes=7-", "bytes=7-");
    }

    @Test
    void severalRangesGoOnAsTheyCame() {
        origin.answers("206 Partial Content\nContent-Type: multipart/byteranges; boundary=x", "--x--");
        assertThat(gate.get("/several", "Range", "bytes=0-1,5-6").statusCode()).isEqualTo(206);
        assertThat(rangesAsked()).containsExactly("bytes=0-1,5-6");
    }

    @Test
    void whatIsNoRepresentationIsHandedOn() {
        origin.answers("404 Not Found\nCache-Control: max-age=60", "none");
        assertThat(gate.get("/none", "Range", "bytes=0-1").statusCode()).isEqualTo(404);
        assertThat(gate.get("/none").statusCode()).isEqualTo(404);
        assertThat(origin.asked()).hasSize(1);
    }

    @Test
    @DisplayName("Ranges and the whole, asked for at the same time, are one fetch")
    void rangesAndWholeAreOneFetch() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        origin.script((request, connection) -> {
            begun.countDown();
            answer.await();
            connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 10\r\n\r\n0123456789");
        });
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<String>> first = clients.submit(() -> gate.get("/together", "Range", "bytes=0-0"));
            begun.await();
            List<Future<HttpResponse<String>>> others = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                int at = i;
                others.add(clients.submit(() ->
                        at % 2 == 0 ? gate.get("/together", "Range", "bytes=" + at + "-") : gate.get("/together")));
            }
            HttpCache cache = gate.bean(HttpCache.class);
            assertThat(cache.fillsInFlight()).isEqualTo(1);
            answer.countDown();
            assertThat(first.get().body()).isEqualTo("0");
            for (int i = 0; i < 10; i++) {
                assertThat(others.get(i).get().body()).isEqualTo(i % 2 == 0 ? "0123456789".substring(i) : "0123456789");
            }
        }
        assertThat(origin.asked()).hasSize(1);
    }
}
