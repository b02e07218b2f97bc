package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** What a hit costs on the heap, beside a handler of Reactor Netty that sends the same bytes and does nothing else. */
@Tag("full") // it measures what the second compiler makes of it
class HitAllocationTests {
    private static final int ROUNDS = 12;
    private static final int REQUESTS = 10_000;
    private static final int IN_A_ROW = 20;
    private static final long MOST_BYTES_ABOVE = 512;
    private static final String CONTENT = "x".repeat(1024);
    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)\r\n");
    private static final String HIT = String.join(
            "\r\n",
            "GET /object?x=1 HTTP/1.1",
            "Host: 127.0.0.1:%d",
            "User-Agent: test",
            "Accept: */*",
            "Accept-Encoding: gzip",
            "",
            "");
    private static final String REFUSED = HIT.replace("Accept: */*", "X-Refuse: 1");
    /** As long as the refused one, with a field of no well-known name as well. */
    private static final String ADMITTED = HIT.replace("Accept: */*", "X-Accept: 1");

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static ResourceLeakDetector.Level level;

    @BeforeAll
    static void noteNoUseOfBuffers() {
        level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED); // it notes every one on the heap
    }

    @AfterAll
    static void noteThemAgain() {
        ResourceLeakDetector.setLevel(level);
    }

    @Test
    @DisplayName("a hit allocates at most 512 bytes above the bare handler")
    void aHitAllocatesLittle() throws IOException {
        try (ScriptedOrigin origin = new ScriptedOrigin();
                GateUnderTest gate = new GateUnderTest(origin.url())) {
            origin.answers("200 OK\nCache-Control: max-age=3600\nETag: \"a\"\nContent-Type: text/plain", CONTENT);
            gate.get("/object?x=1");
            byte[] answer = once(gate.port(), HIT);
            double hit = bytesPerRequest(gate.port(), "webflux-http", HIT, answer.length);
            DisposableServer bare = bare(answer);
            try {
                double floor = bytesPerRequest(bare.port(), "bare", HIT, answer.length);
                assertThat(hit - floor)
                        .as("hit %.0f bytes, bare handler %.0f bytes", hit, floor)
                        .isLessThanOrEqualTo(MOST_BYTES_ABOVE);
            } finally {
                bare.disposeNow();
            }
        }
    }

    @Test
    @DisplayName("a refusal by an admission rule allocates less than a hit")
    void aRefusalAllocatesLess() throws IOException {
        try (ScriptedOrigin origin = new ScriptedOrigin();
                GateUnderTest gate = new GateUnderTest(origin.url())) {
            origin.answers("200 OK\nCache-Control: max-age=3600", CONTENT);
            gate.get("/object?x=1");
            double hit = bytesPerRequest(gate.port(), "webflux-http", ADMITTED, once(gate.port(), ADMITTED).length);
            byte[] refused = once(gate.port(), REFUSED);
            assertThat(new String(refused, StandardCharsets.ISO_8859_1))
                    .startsWith("HTTP/1.1 403 Forbidden\r\n")
                    .contains("detail=admission");
            assertThat(bytesPerRequest(gate.port(), "webflux-http", REFUSED, refused.length))
                    .isLessThan(hit);
        }
    }

    /** Sends what the gate sent: the same status, the same field lines, the same content. */
    private static DisposableServer bare(byte[] answer) {
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        String[] lines = text.substring(0, text.indexOf("\r\n\r\n")).split("\r\n");
        byte[] content = text.substring(text.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1);
        String[][] fields =
                Arrays.stream(lines).skip(1).map(line -> line.split(": ", 2)).toArray(String[][]::new);
        ByteBuf body = Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(content.length).writeBytes(content));
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .runOn(LoopResources.create("bare", 1, true))
                .handle((request, response) -> {
                    HttpHeaders headers = response.responseHeaders();
                    for (String[] field : fields) {
                        headers.add(field[0], field[1]);
                    }
                    return response.sendObject(body.retainedSlice());
                })
                .bindNow();
    }

    /** The least of several rounds: what is not compiled yet, or compiled anew, allocates more. */
    private static double bytesPerRequest(int port, String threads, String request, int answerLength)
            throws IOException {
        double least = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = allocated(threads);
            ask(port, request, REQUESTS, answerLength);
            least = Math.min(least, (double) (allocated(threads) - before) / REQUESTS);
        }
        return least;
    }

    private static long allocated(String threads) {
        return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().startsWith(threads))
                .mapToLong(thread -> THREADS.getThreadAllocatedBytes(thread.getThreadId()))
                .sum();
    }

    /** What one request is answered with. */
    private static byte[] once(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(bytes(request, port));
            byte[] came = new byte[8192];
            int n = 0;
            while (n < length(came, n)) {
                n += socket.getInputStream().read(came, n, came.length - n);
            }
            return Arrays.copyOf(came, n);
        }
    }

    /** How long an answer is of which so much came; more than came while its head is not whole. */
    private static int length(byte[] came, int n) {
        String text = new String(came, 0, n, StandardCharsets.ISO_8859_1);
        int content = text.indexOf("\r\n\r\n") + 4;
        Matcher length = CONTENT_LENGTH.matcher(text);
        return content > 4 && length.find() ? content + Integer.parseInt(length.group(1)) : n + 1;
    }

    private static byte[] bytes(String request, int port) {
        return String.format(Locale.ROOT, request, port).getBytes(StandardCharsets.US_ASCII);
    }

    private static void ask(int port, String request, int times, int answerLength) throws IOException {
        byte[] batch = new String(bytes(request, port), StandardCharsets.US_ASCII)
                .repeat(IN_A_ROW)
                .getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            for (int asked = 0; asked < times; asked += IN_A_ROW) {
                socket.getOutputStream().write(batch);
                in.skipNBytes((long) answerLength * IN_A_ROW);
            }
        }
    }
}
