package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What changes something upstream, and what changes the protocol. */
class UnsafeScenarios {
    private static final ScriptedOrigin origin = new ScriptedOrigin();
    private static GateUnderTest gate;

    @BeforeAll
    static void start() {
        gate = new GateUnderTest(origin.url());
    }

    @AfterAll
    static void stop() throws IOException {
        gate.close();
        origin.close();
    }

    @Test
    void anUnsafeRequestIsSentOnceAlthoughThePooledConnectionIsDead() {
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
            AtomicInteger received = new AtomicInteger();
            origin.script((request, connection) -> {
                if (request.method().equals("GET")) {
                    connection.say("HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 2\r\n\r\nok");
                } else {
                    received.incrementAndGet();
                    connection.reset();
                }
            });
            assertThat(gate.get("/pooled").body()).isEqualTo("ok");
            HttpResponse<String> response = gate.send(method, "/pooled", method.equals("DELETE") ? "" : "content");
            assertThat(response.statusCode()).as(method).isEqualTo(502);
            assertThat(received).as(method).hasValue(1);
        }
    }

    @Test
    void contentOfAnySizeIsStreamed() throws Exception {
        int length = 32 << 20;
        CountDownLatch began = new CountDownLatch(1);
        origin.counts(began);
        try (Socket client = gate.connect(
                "PUT /upload HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " + length + "\r\n\r\n")) {
            OutputStream out = client.getOutputStream();
            byte[] block = new byte[1 << 20];
            out.write(block);
            out.flush();
            // The origin has some of it while the client still holds most of it back.
            assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
            for (int sent = block.length; sent < length; sent += block.length) {
                out.write(block);
            }
            out.flush();
            assertThat(text(client.getInputStream())).startsWith("HTTP/1.1 201").endsWith("" + length);
        }
    }

    @Test
    void aMalformedContentIsTheClientsFaultAndNoErrorOfTheGate() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        root.addAppender(said);
        try {
            // Answers before the content is whole, so that the gate has an answer of the origin and a fault of the
            // client.
            origin.counts(new CountDownLatch(1));
            for (String content : List.of("zz\r\nhello\r\n", "5\r\nhello\r\nzz\r\n", "5\r\nhelloxx\r\n0\r\n\r\n")) {
                for (int i = 0; i < 5; i++) {
                    String response = gate.raw(
                            "POST /malformed HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + content);
                    assertThat(response)
                            .as(content)
                            .matches("(?s)(HTTP/1.1 (400 Bad Request|201 Created).*)?"); // a reset may overtake it
                }
            }
        } finally {
            root.detachAppender(said);
        }
        assertThat(said.list).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.ERROR));
    }

    @Test
    void aClientThatExpectsAHundredGetsItBeforeItSends() throws IOException {
        origin.script((request, connection) -> connection.say(
                "HTTP/1.1 200 OK\r\nContent-Length: " + request.content().length() + "\r\n\r\n" + request.content()));
        try (Socket client = gate.connect(String.join(
                "\r\n",
                "POST /expects HTTP/1.1",
                "Host: a",
                "Connection: close",
                "Expect: 100-continue",
                "Content-Length: 5",
                "",
                ""))) {
            byte[] interim = client.getInputStream().readNBytes("HTTP/1.1 100 Continue".length());
            assertThat(new String(interim, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 100 Continue");
            client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().flush();
            assertThat(text(client.getInputStream())).contains("HTTP/1.1 200").endsWith("hello");
        }
    }

    @Test
    void eventsAreHandedOnAsTheyCome() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        origin.script((request, connection) -> {
            connection.say(String.join(
                    "\r\n",
                    "HTTP/1.1 200 OK",
                    "Content-Type: text/event-stream",
                    "Cache-Control: no-store",
                    "Transfer-Encoding: chunked",
                    "",
                    "b",
                    "data: one\n\n",
                    ""));
            first.await();
            connection.say("b\r\ndata: two\n\n\r\n0\r\n\r\n");
        });
        String came = gate.raw(
                "GET /events HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept: text/event-stream\r\n\r\n",
                "data: one",
                first::countDown);
        assertThat(came).contains("data: two").endsWith("0\r\n\r\n");
    }

    private static final String UPGRADE = String.join(
            "\r\n",
            "GET /socket HTTP/1.1",
            "Host: a",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: chat, mail",
            "",
            "");

    @Test
    void anUpgradeThatTheOriginRefusesIsNoUpgrade() throws IOException {
        origin.script((request, connection) -> {
            connection.say("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        });
        try (Socket client = gate.connect(UPGRADE)) {
            assertThat(line(client.getInputStream())).isEqualTo("HTTP/1.1 403 Forbidden");
        }
        origin.script((request, connection) -> connection.close());
        try (Socket client = gate.connect(UPGRADE)) {
            assertThat(line(client.getInputStream())).isEqualTo("HTTP/1.1 502 Bad Gateway");
        }
        origin.answers("200 OK", "no upgrade");
        try (Socket client = gate.connect(UPGRADE)) {
            assertThat(line(client.getInputStream())).isEqualTo("HTTP/1.1 502 Bad Gateway");
        }
    }

    @Test
    void anUpgradeIsAnsweredOnlyWhenTheOriginHasAnswered() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch agree = new CountDownLatch(1);
        origin.script((request, connection) -> {
            asked.countDown();
            agree.await();
            connection.say("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Protocol: mail\r\nSec-WebSocket-Accept: "
                    + accept(request.field("sec-websocket-key")) + "\r\n\r\n");
            connection.say(new byte[] {(byte) 0x81, 2, 'h', 'i'});
            connection.awaitClose();
        });
        try (Socket client = gate.connect(UPGRADE)) {
            asked.await();
            assertThat(client.getInputStream().available()).isZero();
            agree.countDown();
            InputStream in = client.getInputStream();
            StringBuilder head = new StringBuilder();
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                head.append(line).append('\n');
            }
            assertThat(head.toString()).startsWith("HTTP/1.1 101").containsIgnoringCase("sec-websocket-protocol: mail");
            assertThat(in.readNBytes(4)).containsExactly(0x81, 2, 'h', 'i');
        }
    }

    private static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
}
