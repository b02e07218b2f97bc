package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.cache.store.ResponseStore;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A later request of an HTTP/1.1 connection")
class KeptConnectionScenarios {
    private static final String FIRST = "GET /first HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration HEAD_TIMEOUT = Duration.ofMillis(700);

    private static final ScriptedOrigin origin = new ScriptedOrigin();
    private static GateUnderTest gate;

    @BeforeAll
    static void start() {
        gate = new GateUnderTest(
                origin.url(),
                "--sallyport.client.head-timeout=" + HEAD_TIMEOUT.toMillis() + "ms",
                "--server.max-http-request-header-size=8KB");
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

    /** One connection. */
    private static final class Kept implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;

        Kept() throws IOException {
            this(gate);
        }

        Kept(GateUnderTest to) throws IOException {
            socket = to.connect("");
            in = new BufferedInputStream(socket.getInputStream());
        }

        void say(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** The next response, without content if it is one to a HEAD. */
        Response next(boolean head) throws IOException {
            List<String> lines = new ArrayList<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                lines.add(line);
            }
            long length = lines.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length: "))
                    .mapToLong(line -> Long.parseLong(line.substring("content-length: ".length())))
                    .sum();
            boolean empty = head || lines.getFirst().contains(" 304 ");
            String content = lines.contains("transfer-encoding: chunked") ? chunks() : bytes(empty ? 0 : (int) length);
            return new Response(
                    lines.getFirst(), lines.stream().skip(1).sorted().toList(), content);
        }

        private String chunks() throws IOException {
            StringBuilder content = new StringBuilder();
            for (int size = size(); size > 0; size = size()) {
                content.append(bytes(size));
                assertThat(line()).isEmpty();
            }
            assertThat(line()).isEmpty();
            // The boundary between parts tells the time.
            return content.toString().replaceAll("sallyport-[0-9a-f]+", "sallyport");
        }

        private int size() throws IOException {
            return Integer.parseInt(line(), 16);
        }

        private String bytes(int length) throws IOException {
            return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
        }

        /** The next response to a GET, without those in between. */
        Response next() throws IOException {
            Response next = next(false);
            return next.status().contains(" 100 ") ? next(false) : next;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            int read = in.read();
            for (; read >= 0 && read != '\n'; read = in.read()) {
                line.append((char) read);
            }
            if (read < 0) {
                throw new IOException("ended after " + line);
            }
            return line.toString().stripTrailing();
        }

        boolean isEnded() throws IOException {
            return in.read() < 0;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private record Response(String status, List<String> fields, String content) {}

    static Stream<String> requests() {
        return Stream.of(
                "GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a?q=1 HTTP/1.1\r\nHost: a\r\nUser-Agent: test\r\nAccept: */*\r\n\r\n",
                "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive, X-Own\r\nX-Own: 1\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                "GET /a HTTP/1.0\r\nHost: a\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"one\"\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"two\"\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nIf-Modified-Since: " + EchoedTarget.MODIFIED + "\r\n\r\n",
                "GET /a*40 HTTP/1.1\r\nHost: a\r\nRange: bytes=10-19\r\n\r\n",
                "GET /a*40 HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1,5-6\r\n\r\n",
                "GET /a*40 HTTP/1.1\r\nHost: a\r\nRange: bytes=100000-\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nCache-Control: no-cache\r\n\r\n",
                "GET /b HTTP/1.1\r\nHost: a\r\nCache-Control: only-if-cached\r\n\r\n",
                "GET /unstored HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a*50000 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
                "GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
                "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
                "GET http://a/a HTTP/1.1\r\nHost: b\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nX-Refuse: 1\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nCDN-Loop: edge.sallyport\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET /a HTTP/1.1\r\n\r\n",
                "GET /a|b HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET  /a HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nX Y: 1\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(9000) + "\r\n\r\n");
    }

    /** Has the cache store what may be stored of a target. */
    private static void store(String target) throws IOException {
        assertThat(gate.raw("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 ");
    }

    @DisplayName("is answered as the first one is, and what comes after it as well")
    @ParameterizedTest
    @MethodSource("requests")
    void sameAsFirst(String request) throws IOException {
        String target = request.split(" +", 3)[1].replace("http://a", "");
        boolean head = request.startsWith("HEAD");
        store("/first");
        store(target);
        Response first;
        try (Kept fresh = new Kept()) {
            fresh.say(request);
            first = head ? fresh.next(true) : fresh.next();
        }
        store(target);
        try (Kept kept = new Kept()) {
            kept.say(FIRST);
            kept.next();
            kept.say(FIRST);
            kept.next();
            kept.say(request);
            Response later = head ? kept.next(true) : kept.next();
            assertThat(later.equals(first))
                    .as("%s %s, first %s %s", later.status(), later.fields(), first.status(), first.fields())
                    .isTrue();
            if (later.fields().contains("connection: close") || request.contains("HTTP/1.0")) {
                assertThat(kept.isEnded()).isTrue();
            } else {
                kept.say(FIRST);
                assertThat(kept.next().content()).isEqualTo("/first");
            }
        }
    }

    @DisplayName("is answered in its turn where many are sent at once, hits and others")
    @Test
    void pipelined() throws IOException {
        store("/hit");
        store("/large*20000");
        StringBuilder requests = new StringBuilder(FIRST);
        List<String> expected = new ArrayList<>(List.of("/first"));
        for (int i = 0; i < 100; i++) {
            String target = switch (i % 10) {
                case 3 -> "/miss" + i;
                case 5 -> "/unstored" + i;
                case 7 -> "/large*20000";
                default -> "/hit";
            };
            boolean post = i % 50 == 9;
            requests.append(post ? "POST /unstored" + i : "GET " + target)
                    .append(" HTTP/1.1\r\nHost: a\r\n")
                    .append(post ? "Content-Length: 3\r\n\r\nabc" : "\r\n");
            expected.add(EchoedTarget.content(post ? "/unstored" + i : target));
        }
        try (Kept kept = new Kept()) {
            kept.say(requests.toString());
            for (String content : expected) {
                assertThat(kept.next().content()).isEqualTo(content);
            }
        }
    }

    @DisplayName("is answered although the client sends nothing more after it")
    @Test
    void halfClosed() throws IOException {
        store("/first");
        for (int i = 0; i < 50; i++) {
            try (Kept kept = new Kept()) {
                kept.say(FIRST);
                kept.next();
                kept.say(FIRST.repeat(3));
                kept.socket.shutdownOutput();
                for (int answer = 0; answer < 3; answer++) {
                    assertThat(kept.next().content()).isEqualTo("/first");
                }
                assertThat(kept.isEnded()).isTrue();
            }
        }
    }

    @DisplayName("may come late, but once it begins its head has to come in time")
    @Test
    void headInTime() throws IOException {
        try (Kept kept = new Kept()) {
            for (int i = 0; i < 3; i++) {
                kept.say(FIRST);
                assertThat(kept.next().content()).isEqualTo("/first");
                LockSupport.parkNanos(HEAD_TIMEOUT.multipliedBy(3).dividedBy(2).toNanos());
            }
            kept.say(FIRST.substring(0, 20));
            long begin = System.nanoTime();
            assertThat(kept.isEnded()).isTrue();
            assertThat(System.nanoTime() - begin)
                    .isGreaterThan(HEAD_TIMEOUT.dividedBy(2).toNanos());
        }
    }

    @DisplayName("waits for a client that does not read, and is answered when it does")
    @Test
    void slowReader() throws Exception {
        String target = "/large*9000";
        store(target);
        int requests = 120; // Netty ends a connection on which more than 128 wait
        try (Kept kept = new Kept()) {
            Thread asking = Thread.startVirtualThread(() -> {
                try {
                    kept.say(("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").repeat(requests));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
            for (int i = 0; i < requests; i++) {
                assertThat(kept.next().content()).isEqualTo(EchoedTarget.content(target));
            }
            asking.join();
        }
    }

    @DisplayName("is counted")
    @Test
    void counted() throws IOException {
        store("/first");
        double before = hits();
        try (Kept kept = new Kept()) {
            for (int i = 0; i < 20; i++) {
                kept.say(FIRST);
                kept.next();
            }
        }
        assertThat(hits() - before).isEqualTo(20);
    }

    private static double hits() {
        return gate.bean(MeterRegistry.class).get("sallyport.cache.requests").tag("outcome", "hit").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @Test
    void isWaitedForFromTheLastAnswerOn() throws Exception {
        try (GateUnderTest impatient = new GateUnderTest(
                        origin.url(), "--server.netty.idle-timeout=" + IDLE_TIMEOUT.toMillis() + "ms");
                Kept kept = new Kept(impatient)) {
            kept.say(FIRST);
            kept.next();
            long begin = System.nanoTime();
            while (Duration.ofNanos(System.nanoTime() - begin).compareTo(IDLE_TIMEOUT.multipliedBy(2)) < 0) {
                Thread.sleep(IDLE_TIMEOUT.dividedBy(4));
                kept.say(FIRST);
                assertThat(kept.next().status()).contains(" 200 ");
            }
            long answered = System.nanoTime();
            assertThat(kept.isEnded()).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - answered))
                    .isBetween(IDLE_TIMEOUT.minusMillis(200), IDLE_TIMEOUT.plusSeconds(10));
        }
    }

    @Test
    void isAnsweredWhereManyConnectionsAskAtOnce() throws Exception {
        List<Kept> all = new ArrayList<>();
        try {
            for (int i = 0; i < 150; i++) {
                Kept kept = new Kept();
                all.add(kept);
                kept.say(FIRST);
                kept.next();
            }
            String twice = FIRST + FIRST;
            for (int round = 0; round < 5; round++) {
                for (Kept kept : all) {
                    kept.say(twice);
                }
                for (Kept kept : all) {
                    Response first = kept.next();
                    assertThat(first.status()).contains(" 200 ");
                    assertThat(kept.next()).isEqualTo(first);
                }
            }
        } finally {
            for (Kept kept : all) {
                kept.close();
            }
        }
    }
}
