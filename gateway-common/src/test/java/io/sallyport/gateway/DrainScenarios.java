package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.sallyport.identity.TestAuthority;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("full") // a drain takes its time
@DisplayName("A gate ends without a failed request")
class DrainScenarios {
    private static final String EMPTY_SETTINGS = "\0\0\0\4\0\0\0\0\0";
    private static final int GOAWAY = 7;

    @Test
    void readinessGoesThenTheListenerThenTheConnectionsThenTheGate() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedOrigin origin = new ScriptedOrigin()) {
            GateUnderTest gate = new GateUnderTest(
                    origin.url(),
                    "--server.http2.enabled=true",
                    "--management.server.port=0",
                    "--management.server.address=127.0.0.1",
                    "--management.endpoint.health.probes.enabled=true",
                    "--sallyport.drain.delay=200ms",
                    "--sallyport.drain.timeout=20s");
            origin.script((request, connection) -> {
                if (request.target().startsWith("/held")) {
                    release.await();
                }
                connection.say("HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 4\r\n\r\npage");
            });
            int port = gate.port();
            int management = gate.managementPort();
            try (Socket fill = gate.connect("GET /held/fill HTTP/1.1\r\nHost: a\r\n\r\n");
                    Socket pass = gate.connect("DELETE /held/pass HTTP/1.1\r\nHost: a\r\n\r\n");
                    Socket idle = gate.connect("GET /page HTTP/1.1\r\nHost: a\r\n\r\n");
                    Socket http2 = gate.connect("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + EMPTY_SETTINGS)) {
                while (origin.asked().size() < 3) {
                    LockSupport.parkNanos(1_000_000);
                }
                CompletableFuture<HttpResponse<String>> served = new CompletableFuture<>();
                gate.whenReadinessGoes(() -> served.complete(gate.get("/during")));
                CompletableFuture<Void> ended = CompletableFuture.runAsync(gate::close);
                awaitOutOfService(gate, management);
                HttpResponse<String> during = served.get(20, TimeUnit.SECONDS);
                assertThat(during.statusCode()).isEqualTo(200);
                assertThat(during.headers().map()).doesNotContainKey("connection");
                awaitRefusal(port);
                release.countDown();
                assertThat(all(fill)).contains("HTTP/1.1 200 OK", "connection: close", "page");
                assertThat(all(pass)).contains("HTTP/1.1 200 OK", "connection: close", "page");
                assertThat(all(idle)).contains("HTTP/1.1 200 OK", "page").doesNotContain("connection: close");
                assertThat(lastStreams(http2)).isEqualTo("2147483647 0 ");
                ended.get(20, TimeUnit.SECONDS);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPENSSL", "JDK"})
    void whoeverWasShakingHandsGetsAnAnswer(String engine, @TempDir Path directory) throws Exception {
        TestAuthority authority = new TestAuthority("drain", Instant.now());
        TestAuthority.write(authority.issue(authority.regional("any")), directory.resolve("server"));
        try (ScriptedOrigin origin = new ScriptedOrigin()) {
            GateUnderTest gate = new GateUnderTest(
                    origin.url(),
                    "--sallyport.tls.engine=" + engine.toLowerCase(Locale.ROOT),
                    "--sallyport.drain.delay=0s",
                    "--sallyport.drain.timeout=20s",
                    "--server.ssl.bundle=server",
                    "--spring.ssl.bundle.pem.server.keystore.certificate=" + directory.resolve("server/chain.pem"),
                    "--spring.ssl.bundle.pem.server.keystore.private-key=" + directory.resolve("server/key.pem"));
            EchoedTarget.script(origin);
            int port = gate.port();
            try (Socket open = gate.connect("");
                    Socket later = gate.connect("")) {
                assertThat(page(later, "/before", "Connection: close\r\n")).contains("HTTP/1.1 200 OK", "/before");
                // Connections are accepted one after the other: so has been the one that is open.
                CompletableFuture<Void> ended = CompletableFuture.runAsync(gate::close);
                awaitRefusal(port);
                Thread.sleep(1500); // longer than a connection without a request is given
                assertThat(page(open, "/page", "")).contains("HTTP/1.1 200 OK", "connection: close", "/page");
                ended.get(20, TimeUnit.SECONDS);
            }
        }
    }

    /** Shakes hands, asks for a page, and reads until the other side is done. */
    private static String page(Socket connected, String target, String fields) throws Exception {
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (Socket secured =
                trusting.getSocketFactory().createSocket(connected, "localhost", connected.getPort(), true)) {
            String request = "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
            secured.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return all(secured);
        }
    }

    private static void awaitOutOfService(GateUnderTest gate, int management) throws IOException {
        String readiness = "GET /actuator/health/readiness HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        while (!gate.rawTo(management, readiness).contains("OUT_OF_SERVICE")) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Until the port refuses: a connection that waits for its acceptance as the listener closes is reset before. */
    private static void awaitRefusal(int port) throws IOException {
        while (true) {
            try (Socket open = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(open.isConnected()).isTrue();
            } catch (ConnectException refused) {
                return;
            } catch (SocketException reset) {
                assertThat(reset).hasMessage("Connection reset by peer");
            }
        }
    }

    private static String all(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** The last streams that GOAWAY frames name until the connection is closed. */
    private static String lastStreams(Socket socket) throws IOException {
        StringBuilder streams = new StringBuilder();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        for (int first = in.read(); first >= 0; first = in.read()) {
            int length = first << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            in.skipNBytes(5);
            byte[] payload = in.readNBytes(length);
            if (type == GOAWAY) {
                streams.append(new DataInputStream(new java.io.ByteArrayInputStream(payload)).readInt())
                        .append(' ');
            }
        }
        return streams.toString();
    }
}
