package io.sallyport.identity.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.sallyport.gateway.tls.GateTls;
import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.TestAuthority;
import io.sallyport.identity.TrustingAll;
import io.sallyport.identity.tls.LiveSslContext.Resumption;
import io.sallyport.identity.tls.TlsContexts.Http;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Customers who come back: how long their tickets count, and what a new certificate means to them. */
class LiveSslContextScenarios {
    private static final long HOUR = TicketKeys.LIFE.toNanos();

    private final TestAuthority authority = new TestAuthority("Public", Instant.now());
    private final AtomicLong nanos = new AtomicLong(5);

    @BeforeAll
    static void prepareJvm() {
        GateTls.prepareJvm();
    }

    private SslContext context(TlsEngine engine, Credentials own) {
        return new TlsContexts(engine, Http.HTTP_1_1).server(own.keyManagerFactory(), null, ClientAuth.NONE);
    }

    private Credentials certificate(String name) {
        return authority.issue(authority.server("https://example.com/" + name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aTicketCountsOneToTwoHoursAndOutlivesACertificate(String protocol) throws Exception {
        LiveSslContext live =
                new LiveSslContext(context(TlsEngine.OPENSSL, certificate("a")), Resumption.ALLOWED, nanos::get);
        DisposableServer server = serve(live);
        try {
            Customer customer = new Customer(server.port(), protocol);
            assertThat(customer.resumes()).as("the first visit").isFalse();
            assertThat(customer.resumes()).as("the second").isTrue();
            live.swap(context(TlsEngine.OPENSSL, certificate("b")));
            assertThat(customer.resumes()).as("with a new certificate").isTrue();

            nanos.addAndGet(HOUR);
            Customer before = new Customer(server.port(), protocol);
            assertThat(customer.resumes()).as("by the key of the hour before").isTrue();
            assertThat(before.resumes()).isFalse();
            nanos.addAndGet(HOUR);
            assertThat(before.resumes()).isTrue();
            Customer late = new Customer(server.port(), protocol);
            assertThat(late.resumes()).isFalse();
            nanos.addAndGet(2 * HOUR);
            assertThat(late.resumes()).as("two hours later").isFalse();
        } finally {
            server.disposeNow();
        }
    }

    @Test
    void aListenerForPeersIsRefusedWhereTheJdkHandsOutTickets() {
        String former = System.getProperty("jdk.tls.server.newSessionTicketCount", "0");
        System.setProperty("jdk.tls.server.newSessionTicketCount", "1");
        try {
            assertThatThrownBy(() -> new LiveSslContext(context(TlsEngine.JDK, certificate("a")), Resumption.NEVER))
                    .isInstanceOf(IdentityException.class)
                    .hasMessageContaining("-Djdk.tls.server.newSessionTicketCount=0");
        } finally {
            System.setProperty("jdk.tls.server.newSessionTicketCount", former);
        }
    }

    @Test
    void aHandshakeThatHasChosenACertificateEndsWithItsKey() {
        Credentials first = certificate("a");
        Credentials second = certificate("b");
        LiveKeyManager keys = new LiveKeyManager(keyManager(first));
        String chosen = chosen(keys);
        keys.swap(keyManager(second));
        String next = chosen(keys);
        assertThat(keys.getCertificateChain(chosen)).startsWith(first.leaf());
        assertThat(keys.getPrivateKey(chosen)).isEqualTo(first.key());
        assertThat(keys.getCertificateChain(next)).startsWith(second.leaf());
        assertThat(keys.getPrivateKey(next)).isEqualTo(second.key());
    }

    private static String chosen(LiveKeyManager keys) {
        return Objects.requireNonNull(keys.chooseEngineServerAlias("EC", null, null));
    }

    private static X509ExtendedKeyManager keyManager(Credentials own) {
        return (X509ExtendedKeyManager) own.keyManagerFactory().getKeyManagers()[0];
    }

    private static DisposableServer serve(LiveSslContext live) {
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .secure(tls -> tls.sslContext(live))
                .handle((request, response) ->
                        response.header("connection", "close").sendString(Mono.just("hello")))
                .bindNow();
    }

    /** A client with one session cache. */
    private static final class Customer {
        private final SSLContext context = SSLContext.getInstance("TLS");
        private final int port;
        private final String protocol;
        private long newest = -1;

        Customer(int port, String protocol) throws Exception {
            this.port = port;
            this.protocol = protocol;
            context.init(null, new TrustManager[] {new TrustingAll()}, null);
        }

        /** Visits; answers whether it was by a session of an earlier visit, which keeps its time of creation. */
        boolean resumes() throws Exception {
            while (System.currentTimeMillis() == newest) {
                LockSupport.parkNanos(1_000_000);
            }
            try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
                    SSLSocket socket =
                            (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true)) {
                socket.setEnabledProtocols(new String[] {protocol});
                socket.setSoTimeout(20_000);
                socket.startHandshake();
                SSLSession session = socket.getSession();
                socket.getOutputStream()
                        .write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .contains("hello");
                boolean resumed = session.getCreationTime() <= newest;
                newest = Math.max(newest, session.getCreationTime());
                return resumed;
            }
        }
    }
}
