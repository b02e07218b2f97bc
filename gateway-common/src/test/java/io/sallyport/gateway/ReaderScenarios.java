package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.engine.HttpCache;
import io.sallyport.cache.store.MemoryStore;
import io.sallyport.cache.store.ResponseStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Readers of one content that go at their own paces, and those that do not go at all. */
@Tag("full")
class ReaderScenarios {
    private static final int LARGE = 24 << 20;
    private static final ScriptedOrigin origin = new ScriptedOrigin();
    private static GateUnderTest gate;

    @BeforeAll
    static void start() {
        gate = new GateUnderTest(
                origin.url(),
                "--sallyport.fill.window=256KB",
                "--sallyport.fill.max-waiters=2",
                "--sallyport.fill.waiter-timeout=300ms",
                "--sallyport.fill.stall-timeout=600ms",
                "--sallyport.client.head-timeout=500ms",
                "--sallyport.client.minimum-rate=200KB",
                "--sallyport.client.minimum-rate-over=2s");
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

    private static byte at(long offset) {
        return (byte) ((offset * 31 + offset / 4096) & 0x7F);
    }

    private static void write(ScriptedOrigin.Connection connection, long first, long end) throws IOException {
        byte[] block = new byte[64 << 10];
        for (long offset = first; offset < end; offset += block.length) {
            int size = (int) Math.min(block.length, end - offset);
            byte[] part = size == block.length ? block : new byte[size];
            for (int i = 0; i < size; i++) {
                part[i] = at(offset + i);
            }
            connection.say(part);
        }
    }

    /** An origin of one large content that knows ranges; the first time, most of the content waits for a latch. */
    private static void largeContent(String fields, CountDownLatch rest) {
        origin.script((request, connection) -> {
            String range = request.field("range");
            long first = range.isEmpty() ? 0 : Long.parseLong(range.substring("bytes=".length(), range.indexOf('-')));
            connection.say("HTTP/1.1 " + (range.isEmpty() ? "200 OK" : "206 Partial Content")
                    + "\r\nCache-Control: max-age=60\r\n" + fields
                    + (range.isEmpty()
                            ? ""
                            : "Content-Range: bytes " + first + "-" + (LARGE - 1) + "/" + LARGE + "\r\n")
                    + "Content-Length: " + (LARGE - first) + "\r\n\r\n");
            long little = Math.min(LARGE, first + (64 << 10));
            write(connection, first, little);
            rest.await();
            write(connection, little, LARGE);
        });
    }

    private static Socket ask(String target) throws IOException {
        return gate.connect("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                break;
            }
            head.append((char) c);
        }
        return head.toString();
    }

    /** Reads the content up to an offset, or its end, and checks each byte; returns how far it came. */
    private static long read(InputStream in, long first, long end) throws IOException {
        byte[] buffer = new byte[64 << 10];
        long offset = first;
        while (offset < end) {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, end - offset));
            if (n < 0) {
                return offset;
            }
            for (int i = 0; i < n; i++) {
                if (buffer[i] != at(offset + i)) {
                    throw new AssertionError("other byte at " + (offset + i));
                }
            }
            offset += n;
        }
        return offset;
    }

    @Test
    void aSlowReaderOfALargeContentGoesItsOwnWay() throws IOException {
        CountDownLatch rest = new CountDownLatch(1);
        largeContent("ETag: \"large\"\r\n", rest);
        try (Socket slow = ask("/large")) {
            assertThat(head(slow.getInputStream())).startsWith("HTTP/1.1 200");
            Socket fast = ask("/large");
            assertThat(head(fast.getInputStream())).contains("collapsed");
            rest.countDown();
            assertThat(read(fast.getInputStream(), 0, LARGE)).isEqualTo(LARGE);
            fast.close();
            assertThat(read(slow.getInputStream(), 0, LARGE)).isEqualTo(LARGE);
        }
        assertThat(origin.asked()).hasSize(2);
        assertThat(origin.asked().get(1).field("range")).matches("bytes=[1-9][0-9]+-");
        assertThat(origin.asked().get(1).field("if-range")).isEqualTo("\"large\"");
        assertNothingIsHeld();
    }

    @Test
    void withoutAValidatorALargeContentIsNotShared() throws IOException {
        largeContent("", new CountDownLatch(0));
        try (Socket slow = ask("/apart")) {
            // The other one asks when this one is answered: who waits for a head here waits 300 ms and no longer.
            assertThat(head(slow.getInputStream())).startsWith("HTTP/1.1 200");
            try (Socket fast = ask("/apart")) {
                assertThat(head(fast.getInputStream())).startsWith("HTTP/1.1 200");
                assertThat(read(fast.getInputStream(), 0, LARGE)).isEqualTo(LARGE);
            }
            assertThat(read(slow.getInputStream(), 0, LARGE)).isEqualTo(LARGE);
        }
        assertThat(origin.asked())
                .hasSize(2)
                .allMatch(asked -> asked.field("range").isEmpty());
    }

    @Test
    void aClientThatTakesNothingIsClosedAndOthersAreNot() throws IOException {
        largeContent("ETag: \"large\"\r\n", new CountDownLatch(0));
        try (Socket still = ask("/still")) {
            head(still.getInputStream());
            try (Socket fast = ask("/still")) {
                head(fast.getInputStream());
                assertThat(read(fast.getInputStream(), 0, LARGE)).isEqualTo(LARGE);
            }
            awaitNothingInFlight();
            assertNothingIsHeld();
            long came;
            try {
                came = read(still.getInputStream(), 0, LARGE);
            } catch (IOException reset) {
                came = 0;
            }
            assertThat(came).isLessThan(LARGE);
        }
    }

    @Test
    void aStalledOriginIsGivenUp() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        origin.script((request, connection) -> {
            connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 10\r\n\r\nhello");
            connection.awaitClose();
            closed.countDown();
        });
        String response = gate.raw("GET /stalled HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(response).endsWith("\r\n\r\nhello");
        assertThat(closed.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aReaderThatParksAFillDoesNotStallIt() throws Exception {
        origin.script((request, connection) -> {
            connection.say("HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: " + LARGE + "\r\n\r\n");
            write(connection, 0, LARGE);
        });
        CountDownLatch never = new CountDownLatch(1);
        try (Socket client = ask("/parked")) {
            head(client.getInputStream());
            // Longer than an origin may stall, shorter than a client may take nothing.
            assertThat(never.await(1200, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(read(client.getInputStream(), 0, LARGE)).isEqualTo(LARGE);
        }
    }

    @Test
    void tooManyWaitersAreTurnedAwayAndNoneWaitsTooLong() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        origin.script((request, connection) -> {
            asked.countDown();
            answer.await();
            connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nok");
        });
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<String>> leader = clients.submit(() -> gate.get("/wait"));
            asked.await();
            Future<HttpResponse<String>> follower = clients.submit(() -> gate.get("/wait"));
            HttpResponse<String> one = follower.get();
            assertThat(one.statusCode()).isEqualTo(504);
            assertThat(one.headers().allValues("cache-status").toString()).contains("no response in time");
            Future<HttpResponse<String>> second = clients.submit(() -> gate.get("/wait"));
            Future<HttpResponse<String>> third = clients.submit(() -> gate.get("/wait"));
            assertThat(List.of(second.get().statusCode(), third.get().statusCode()))
                    .containsExactlyInAnyOrder(503, 504);
            answer.countDown();
            assertThat(leader.get().body()).isEqualTo("ok");
        }
        assertThat(origin.asked()).hasSize(1);
    }

    @Test
    void aHeadThatDoesNotComeInTimeEndsTheConnection() throws IOException {
        for (String partial : new String[] {"", "G", "GET / HTTP/1.1\r\nHost: a\r\n"}) {
            try (Socket socket = gate.connect(partial)) {
                assertThat(socket.getInputStream().read()).as(partial).isEqualTo(-1);
            }
        }
    }

    @Test
    void anIdleConnectionIsNoLateHead() throws Exception {
        origin.answers("200 OK\nCache-Control: max-age=60", "ok");
        String request = "GET /idle HTTP/1.1\r\nHost: a\r\n\r\n";
        CountDownLatch never = new CountDownLatch(1);
        try (Socket socket = gate.connect(request)) {
            for (int i = 0; i < 2; i++) {
                assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 200");
                assertThat(new String(socket.getInputStream().readNBytes(2), StandardCharsets.US_ASCII))
                        .isEqualTo("ok");
                assertThat(never.await(700, TimeUnit.MILLISECONDS)).isFalse();
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
            }
            socket.getOutputStream().write("GET /late".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            head(socket.getInputStream());
            socket.getInputStream().readNBytes(2);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static void awaitNothingInFlight() {
        while (gate.bean(HttpCache.class).fillsInFlight() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void assertNothingIsHeld() {
        ResponseStore store = gate.bean(ResponseStore.class);
        assertThat(store).isInstanceOf(MemoryStore.class);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (store.usage().bytes() > 4096 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(store.usage().bytes()).isLessThan(4096);
    }
}
