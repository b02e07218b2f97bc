package io.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.sallyport.gateway.tls.GateTls;
import io.sallyport.identity.peer.HandshakeEvents;
import io.sallyport.identity.peer.HandshakeFailure;
import io.sallyport.identity.peer.HandshakeObserver;
import io.sallyport.identity.peer.HandshakeRefusal;
import io.sallyport.identity.peer.PeerRule;
import io.sallyport.identity.peer.PeerTrust;
import io.sallyport.identity.revocation.RevocationList;
import io.sallyport.identity.revocation.RevocationSnapshot;
import io.sallyport.identity.revocation.RevocationSnapshot.Need;
import io.sallyport.identity.tls.LiveSslContext;
import io.sallyport.identity.tls.LiveSslContext.Resumption;
import io.sallyport.identity.tls.TlsContexts;
import io.sallyport.identity.tls.TlsContexts.Http;
import io.sallyport.identity.tls.TlsEngine;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Who is let into a listener for peers, on both engines and both versions of TLS, over real sockets. */
@TestInstance(Lifecycle.PER_CLASS)
class MutualTlsScenarios {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);
    private static final Duration WAIT = Duration.ofSeconds(20);

    private final TestAuthority authority = new TestAuthority("Sallyport", NOW);
    private final TestAuthority other = new TestAuthority("Other", NOW);
    private final Credentials edge = authority.issue(authority.edge("edge-1"));
    private final Credentials revokedEdge = authority.issue(authority.edge("edge-9"));
    private final RevocationSnapshot revocation = new RevocationSnapshot(List.of(), Need.REQUIRED, Duration.ZERO)
            .with(RevocationList.parse(
                    authority.revocationList(1, NOW.plusSeconds(3600), revokedEdge.leaf()), authority.issuing()));

    private @Nullable Gate openSsl;
    private @Nullable Gate jdk;

    @BeforeAll
    void open() {
        GateTls.prepareJvm();
        openSsl = new Gate(TlsEngine.OPENSSL, Resumption.NEVER);
        jdk = new Gate(TlsEngine.JDK, Resumption.NEVER);
    }

    @AfterAll
    void close() {
        gate(TlsEngine.OPENSSL).close();
        gate(TlsEngine.JDK).close();
    }

    private Gate gate(TlsEngine engine) {
        Gate gate = engine == TlsEngine.JDK ? jdk : openSsl;
        if (gate == null) {
            throw new IllegalStateException("not open");
        }
        return gate;
    }

    static Stream<Arguments> variants() {
        return Stream.of(TlsEngine.OPENSSL, TlsEngine.JDK)
                .flatMap(engine -> Stream.of("TLSv1.3", "TLSv1.2").map(protocol -> Arguments.of(engine, protocol)));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void anEdgeIsLetInAndKnownByName(TlsEngine engine, String protocol) throws Exception {
        assertThat(new Client(edge, protocol).get(gate(engine)))
                .contains("200 OK")
                .endsWith("edge-1");
    }

    @ParameterizedTest
    @MethodSource("variants")
    void othersAreRefusedInTheHandshake(TlsEngine engine, String protocol) throws Exception {
        refused(engine, protocol, null, HandshakeRefusal.NO_CERTIFICATE);
        refused(engine, protocol, TestAuthority.selfSigned(authority.edge("edge-1")), HandshakeRefusal.UNKNOWN_ISSUER);
        refused(engine, protocol, other.issue(other.edge("edge-1")), HandshakeRefusal.UNKNOWN_ISSUER);
        refused(
                engine,
                protocol,
                authority.issue(authority.edge("edge-1").valid(NOW.minusSeconds(7200), NOW.minusSeconds(3600))),
                HandshakeRefusal.EXPIRED);
        refused(
                engine,
                protocol,
                authority.issue(authority.edge("edge-1").valid(NOW.plusSeconds(3600), NOW.plusSeconds(7200))),
                HandshakeRefusal.NOT_YET_VALID);
        refused(
                engine,
                protocol,
                authority.issue(authority.edge("edge-1").usages(KeyPurposeId.id_kp_serverAuth)),
                HandshakeRefusal.WRONG_USAGE);
        refused(engine, protocol, authority.issue(authority.regional("regional-1")), HandshakeRefusal.WRONG_ROLE);
        refused(
                engine,
                protocol,
                authority.issue(authority.leaf("spiffe://sallyport.internal/admin/alice")),
                HandshakeRefusal.WRONG_ROLE);
        refused(
                engine,
                protocol,
                authority.issue(authority.leaf("spiffe://elsewhere.internal/edge/edge-1")),
                HandshakeRefusal.WRONG_ROLE);
        refused(engine, protocol, revokedEdge, HandshakeRefusal.REVOKED);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aSessionIsNeverResumedEvenByItsOwner(TlsEngine engine, String protocol) throws Exception {
        Client client = new Client(edge, protocol);
        assertThat(client.get(gate(engine))).contains("200 OK");
        client.showNothing();
        gate(engine).failures.clear();
        assertThat(client.get(gate(engine))).isEmpty();
        assertThat(gate(engine).failure().reason()).isEqualTo(HandshakeRefusal.NO_CERTIFICATE);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aSwapCountsForTheNextConnectionAndRefusesWhatItNoLongerTrusts(TlsEngine engine, String protocol)
            throws Exception {
        try (Gate gate = new Gate(engine, Resumption.NEVER)) {
            Client client = new Client(edge, protocol);
            assertThat(client.get(gate)).contains("200 OK");
            gate.swap(other.issue(other.regional("regional-1")));
            assertThat(client.get(gate)).isEmpty();
            assertThat(gate.failure().reason()).isEqualTo(HandshakeRefusal.UNKNOWN_ISSUER);
        }
    }

    @Test
    void theSameClientGetsInByAResumedSessionWhereResumptionIsAllowed() throws Exception {
        try (Gate careless = new Gate(TlsEngine.OPENSSL, Resumption.ALLOWED)) {
            Client client = new Client(edge, "TLSv1.2");
            assertThat(client.get(careless)).contains("200 OK");
            client.showNothing();
            assertThat(client.get(careless)).contains("200 OK");
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void whatIsNoTlsIsRefused(TlsEngine engine, String protocol) throws Exception {
        Gate gate = gate(engine);
        gate.failures.clear();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port())) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(gate.failure().reason()).isEqualTo(HandshakeRefusal.NOT_TLS);
        }
        assertThat(protocol).isNotEmpty();
    }

    private void refused(TlsEngine engine, String protocol, @Nullable Credentials shown, HandshakeRefusal reason)
            throws Exception {
        Gate gate = gate(engine);
        gate.failures.clear();
        int before = gate.requests.get();
        assertThat(new Client(shown, protocol).get(gate))
                .as("%s %s %s", engine, protocol, reason)
                .isEmpty();
        HandshakeFailure failure = gate.failure();
        assertThat(failure.reason()).as("%s %s %s", engine, protocol, failure).isEqualTo(reason);
        assertThat(gate.requests.get()).isEqualTo(before);
    }

    /** A listener for edges that answers with the peer's name. */
    private final class Gate implements AutoCloseable {
        private final BlockingQueue<HandshakeFailure> failures = new LinkedBlockingQueue<>();
        private final AtomicInteger requests = new AtomicInteger();
        private final DisposableServer server;
        private final TlsEngine engine;
        private final LiveSslContext live;

        Gate(TlsEngine engine, Resumption resumption) {
            this.engine = engine;
            this.live = new LiveSslContext(context(authority.issue(authority.regional("regional-1"))), resumption);
            HandshakeEvents events = new HandshakeEvents() {
                @Override
                public void succeeded(Channel channel) {}

                @Override
                public void failed(HandshakeFailure failure) {
                    failures.add(failure);
                }
            };
            this.server = HttpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .secure(tls -> tls.sslContext(live))
                    .doOnChannelInit((observer, channel, remote) -> HandshakeObserver.observe(channel, events))
                    .handle((request, response) -> {
                        requests.incrementAndGet();
                        String[] name = new String[1];
                        request.withConnection(connection -> name[0] = PeerIdentity.of(connection.channel())
                                .map(PeerIdentity::node)
                                .orElse("nobody"));
                        return response.header("connection", "close")
                                .sendString(reactor.core.publisher.Mono.just(name[0]));
                    })
                    .bindNow();
        }

        void swap(Credentials next) {
            live.swap(context(next));
        }

        private SslContext context(Credentials own) {
            PeerTrust trust = new PeerTrust(
                    PeerRule.client("sallyport.internal", Role.EDGE), own.roots(), () -> revocation, CLOCK);
            return new TlsContexts(engine, Http.HTTP_1_1).server(own, trust);
        }

        int port() {
            return server.port();
        }

        HandshakeFailure failure() throws InterruptedException {
            HandshakeFailure failure = failures.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(failure).as("a failed handshake").isNotNull();
            return java.util.Objects.requireNonNull(failure);
        }

        @Override
        public void close() {
            server.disposeNow();
        }
    }

    /** A JSSE client with one session cache, which can stop showing its certificate. */
    private static final class Client {
        private final SSLContext context;
        private final String protocol;
        private volatile @Nullable Credentials shown;

        Client(@Nullable Credentials shown, String protocol) throws GeneralSecurityException {
            this.shown = shown;
            this.protocol = protocol;
            this.context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new Shown()}, new TrustManager[] {new TrustingAll()}, null);
        }

        void showNothing() {
            shown = null;
        }

        /** The whole answer; empty when the connection was refused. */
        String get(Gate gate) throws IOException {
            try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), gate.port());
                    SSLSocket socket = (SSLSocket)
                            context.getSocketFactory().createSocket(plain, "localhost", gate.port(), true)) {
                socket.setSoTimeout((int) WAIT.toMillis());
                socket.setEnabledProtocols(new String[] {protocol});
                try {
                    socket.startHandshake();
                    socket.getOutputStream()
                            .write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    InputStream in = socket.getInputStream();
                    return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                            .replaceAll("(?s)\r\n0\r\n\r\n$", "");
                } catch (java.net.SocketTimeoutException e) {
                    throw e;
                } catch (IOException e) {
                    return "";
                }
            }
        }

        private final class Shown extends X509ExtendedKeyManager {
            @Override
            public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
                return new String[] {"node"};
            }

            @Override
            public @Nullable String chooseClientAlias(
                    String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
                return shown == null ? null : "node";
            }

            @Override
            public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
                return new String[0];
            }

            @Override
            public @Nullable String chooseServerAlias(
                    String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
                return null;
            }

            @Override
            public X509Certificate @Nullable [] getCertificateChain(String alias) {
                Credentials now = shown;
                return now == null ? null : now.chain().toArray(X509Certificate[]::new);
            }

            @Override
            public @Nullable PrivateKey getPrivateKey(String alias) {
                Credentials now = shown;
                return now == null ? null : now.key();
            }
        }
    }
}
