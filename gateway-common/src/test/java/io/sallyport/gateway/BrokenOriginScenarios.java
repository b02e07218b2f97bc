package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.store.ResponseStore;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Origins that lie, break off and keep silent: each does harm to its own request only. */
class BrokenOriginScenarios {
    private static final ScriptedOrigin origin = new ScriptedOrigin();
    private static GateUnderTest gate;

    @BeforeAll
    static void start() {
        gate = new GateUnderTest(
                origin.url(),
                "--server.http2.enabled=true",
                "--sallyport.fill.stall-timeout=500ms",
                "--spring.cloud.gateway.server.webflux.httpclient.connect-timeout=300",
                "--spring.cloud.gateway.server.webflux.httpclient.response-timeout=700ms");
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

    private static String cacheStatus(HttpResponse<?> response) {
        return String.join(", ", response.headers().allValues("cache-status"));
    }

    private static void isWellAfterwards() {
        origin.answers("200 OK\nCache-Control: max-age=60", "well");
        for (String target : new String[] {"/well/1", "/well/2", "/well/3"}) {
            assertThat(gate.get(target).body()).isEqualTo("well");
        }
        gate.bean(ResponseStore.class).clear();
    }

    @Test
    void contentThatIsKilledAtRandomIsNeitherStoredNorComplete() throws IOException {
        kill(100, System.getProperty("seed") == null ? System.nanoTime() : Long.getLong("seed"));
    }

    @Test
    @Tag("full")
    void contentThatIsKilledAThousandTimesIsNeitherStoredNorComplete() throws IOException {
        kill(1000, System.nanoTime());
    }

    private static void kill(int times, long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < times; i++) {
            String target = "/killed/" + i;
            boolean chunked = random.nextBoolean();
            boolean reset = random.nextBoolean();
            boolean http2 = random.nextBoolean();
            int length = 1 + random.nextInt(random.nextBoolean() ? 2000 : 400_000);
            int killedAt = random.nextInt(length);
            origin.script((request, connection) -> {
                connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                        + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + length) + "\r\n\r\n");
                String content = "x".repeat(killedAt);
                if (!chunked) {
                    connection.say(content);
                } else if (killedAt > 0) {
                    // Ends within a chunk or behind one.
                    connection.say(Integer.toHexString(killedAt + (killedAt & 1)) + "\r\n" + content
                            + ((killedAt & 1) == 0 ? "\r\n" : ""));
                }
                if (reset) {
                    connection.reset();
                } else {
                    connection.close();
                }
            });
            String as = "killed at " + killedAt + " of " + length + ", " + "seed " + seed + ", time " + i
                    + (chunked ? " chunked" : "") + (reset ? " reset" : " fin");
            if (http2) {
                assertThat(gate.breaksOffOverHttp2(target)).as(as).isTrue();
            } else {
                String response = gate.raw("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                assertThat(isComplete(response)).as(as).isFalse();
            }
        }
        assertThat(gate.bean(ResponseStore.class).usage().entries()).isZero();
        isWellAfterwards();
    }

    /** Whether a response that was read until the connection's end is complete by its framing, or is a gateway's error. */
    private static boolean isComplete(String response) {
        int end = response.indexOf("\r\n\r\n");
        if (end < 0 || response.startsWith("HTTP/1.1 50")) {
            return false;
        }
        String head = response.substring(0, end).toLowerCase(Locale.ROOT);
        String content = response.substring(end + 4);
        int length = head.indexOf("content-length: ");
        if (length >= 0) {
            String digits = head.substring(length + 16).split("\r\n", 2)[0];
            return content.length() >= Integer.parseInt(digits.strip());
        }
        return content.endsWith("0\r\n\r\n");
    }

    @Tag("full")
    @Test
    void anOriginThatNeverAnswersIsATimeOut() {
        CountDownLatch never = new CountDownLatch(1);
        origin.script((request, connection) -> never.await());
        HttpResponse<String> response = gate.get("/never");
        assertThat(response.statusCode()).isEqualTo(504);
        assertThat(cacheStatus(response)).contains("detail=\"no response in time\"");
        assertThat(gate.send("POST", "/never", "x").statusCode()).isEqualTo(504);
        isWellAfterwards();
    }

    @Tag("full")
    @Test
    void anOriginThatDribblesItsHeadIsATimeOut() {
        CountDownLatch never = new CountDownLatch(1);
        origin.script((request, connection) -> {
            for (char c : "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n".toCharArray()) {
                connection.say(String.valueOf(c));
                if (never.await(50, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        });
        assertThat(gate.get("/dribbles").statusCode()).isEqualTo(504);
        isWellAfterwards();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fin", "reset"})
    void anOriginThatEndsBeforeTheHeadIsABadGateway(String how) {
        origin.script((request, connection) -> {
            connection.say("HTTP/1.1 200 OK\r\nCache-");
            if (how.equals("fin")) {
                connection.close();
            } else {
                connection.reset();
            }
        });
        HttpResponse<String> response = gate.get("/ends-" + how);
        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(cacheStatus(response)).contains("detail=\"connection ");
        isWellAfterwards();
    }

    @Test
    void aHeadOfAMegabyteIsABadGateway() {
        origin.script((request, connection) -> {
            connection.say("HTTP/1.1 200 OK\r\nX-Large: " + "x".repeat(1 << 20) + "\r\n\r\n");
            connection.awaitClose();
        });
        HttpResponse<String> response = gate.get("/large-head");
        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(cacheStatus(response)).contains("detail=\"malformed message\"");
        isWellAfterwards();
    }

    @Test
    void whatIsNoHttpIsABadGateway() {
        for (String answer : new String[] {
            "SSH-2.0-OpenSSH_9.2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        }) {
            origin.script((request, connection) -> {
                connection.say(answer);
                connection.close();
            });
            assertThat(gate.getUnlessBroken("/no-http").map(HttpResponse::statusCode))
                    .as(answer)
                    .isIn(Optional.of(502), Optional.empty());
        }
        assertThat(gate.bean(ResponseStore.class).usage().entries()).isZero();
        isWellAfterwards();
    }

    @Test
    void anOriginThatAnswersTwiceHarmsNobody() throws InterruptedException {
        Semaphore closed = new Semaphore(0);
        origin.script((request, connection) -> {
            String answer = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 7\r\n\r\n";
            connection.say(answer + request.target().substring(0, 7));
            connection.say(answer + "another");
            try {
                connection.awaitClose();
            } finally {
                closed.release();
            }
        });
        for (int i = 100_000; i < 100_010; i++) {
            assertThat(gate.get("/" + i).body()).isEqualTo("/" + i);
            assertThat(closed.tryAcquire(10, TimeUnit.SECONDS))
                    .as("a connection on which more came than was asked for is closed")
                    .isTrue();
        }
        isWellAfterwards();
    }

    @Test
    void anOriginThatSendsMoreThanItSaysHarmsNobody() {
        origin.script((request, connection) -> {
            connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 5\r\n\r\n");
            connection.say("hello, HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        for (int i = 0; i < 5; i++) {
            assertThat(gate.get("/more/" + i).body()).isEqualTo("hello");
        }
        isWellAfterwards();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 10\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"})
    void anOriginThatSendsLessThanItSaysIsABrokenTransfer(String answer) throws IOException {
        origin.script((request, connection) -> {
            connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n" + answer);
            connection.close();
        });
        String target = "/less/" + answer.length();
        String response = gate.raw("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(response).startsWith("HTTP/1.1 200").contains("hello");
        assertThat(isComplete(response)).isFalse();
        assertThat(gate.breaksOffOverHttp2(target)).isTrue();
        assertThat(gate.bean(ResponseStore.class).usage().entries()).isZero();
        isWellAfterwards();
    }

    @Tag("full")
    @Test
    void anOriginThatDribblesItsContentIsBrokenOffOnceItStalls() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        origin.script((request, connection) -> {
            connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 100\r\n\r\n");
            for (int i = 0; i < 4; i++) {
                connection.say("x");
                never.await(100, TimeUnit.MILLISECONDS);
            }
            connection.awaitClose();
        });
        String response = gate.raw("GET /dribbled HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(response).endsWith("\r\n\r\nxxxx");
        assertThat(gate.bean(ResponseStore.class).usage().entries()).isZero();
        isWellAfterwards();
    }

    @Tag("full")
    @Test
    void interimResponsesComeFirstAndTheTimeOutHoldsAllTheSame() {
        CountDownLatch never = new CountDownLatch(1);
        origin.script((request, connection) -> {
            connection.say("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            if (request.target().equals("/interim/answered")) {
                connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nok");
            } else {
                never.await();
            }
        });
        assertThat(gate.get("/interim/answered").body()).isEqualTo("ok");
        assertThat(gate.get("/interim/silent").statusCode()).isEqualTo(504);
        isWellAfterwards();
    }

    @Tag("full")
    @Test
    void aHostThatTakesNoConnectionIsATimeOut() throws IOException {
        try (Unreachable unreachable = new Unreachable();
                GateUnderTest apart = new GateUnderTest(
                        unreachable.url(), "--spring.cloud.gateway.server.webflux.httpclient.connect-timeout=300")) {
            HttpResponse<String> response = apart.get("/x");
            assertThat(response.statusCode()).isEqualTo(504);
            assertThat(cacheStatus(response)).contains("detail=\"connect timed out\"");
        }
    }
}
