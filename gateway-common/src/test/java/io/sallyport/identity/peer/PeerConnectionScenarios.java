package io.sallyport.identity.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.sallyport.gateway.tls.GateTls;
import io.sallyport.identity.Credentials;
import io.sallyport.identity.PeerIdentity;
import io.sallyport.identity.Role;
import io.sallyport.identity.TestAuthority;
import io.sallyport.identity.revocation.RevocationList;
import io.sallyport.identity.revocation.RevocationSnapshot;
import io.sallyport.identity.revocation.RevocationSnapshot.Need;
import io.sallyport.identity.tls.LiveSslContext;
import io.sallyport.identity.tls.LiveSslContext.Resumption;
import io.sallyport.identity.tls.TlsContexts;
import io.sallyport.identity.tls.TlsContexts.Http;
import io.sallyport.identity.tls.TlsEngine;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;

/** What becomes of living connections when their peer is no longer acceptable, on both engines, HTTP/1.1 and HTTP/2. */
@Tag("full") // each test has four stacks and a real deadline
class PeerConnectionScenarios {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final Duration BOUND = Duration.ofSeconds(3);
    private static final PeerConnections.Pace PACE =
            new PeerConnections.Pace(Duration.ofMillis(50), Duration.ofMillis(200));

    private final TestAuthority authority = new TestAuthority("Sallyport", NOW);
    private final TestAuthority other = new TestAuthority("Other", NOW);
    private final Credentials regional = authority.issue(authority.regional("regional-1"));
    private final Credentials edge =
            authority.issue(authority.edge("edge-1").valid(NOW.minusSeconds(300), NOW.plus(Duration.ofDays(1))));
    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private final AtomicReference<RevocationSnapshot> lists = new AtomicReference<>(snapshot(1));
    private final AtomicReference<List<X509Certificate>> roots = new AtomicReference<>(List.of(authority.root()));
    private final NodeLists nodes = NodeLists.everybody();

    @BeforeAll
    static void prepareJvm() {
        GateTls.prepareJvm();
    }

    static Stream<Arguments> variants() {
        return Stream.of(TlsEngine.OPENSSL, TlsEngine.JDK)
                .flatMap(engine -> Stream.of(Http.values()).map(http -> Arguments.of(engine, http)));
    }

    private RevocationSnapshot snapshot(long number, X509Certificate... revoked) {
        return new RevocationSnapshot(List.of(), Need.REQUIRED, Duration.ZERO)
                .with(RevocationList.parse(
                        authority.revocationList(number, NOW.plus(Duration.ofDays(9)), revoked), authority.issuing()));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aRevokedEdgeLosesItsConnectionsAndTheOthersKeepTheirs(TlsEngine engine, Http http) throws Exception {
        Credentials good = authority.issue(authority.edge("edge-2"));
        try (Pair pair = new Pair(engine, http);
                Client revoked = new Client(pair, edge);
                Client kept = new Client(pair, good)) {
            assertThat(List.of(revoked.get(), kept.get())).containsExactly("edge-1", "edge-2");
            assertThat(pair.inbound.byNode()).containsOnlyKeys("edge-1", "edge-2");
            lists.set(snapshot(2, edge.leaf()));
            pair.inbound.review();
            revoked.assertEnded();
            assertThat(pair.inbound.ended(HandshakeRefusal.REVOKED)).isEqualTo(1);
            assertThat(kept.get()).isEqualTo("edge-2");
            assertThat(kept.channel().isActive()).isTrue();
            assertThat(pair.inbound.byNode()).containsOnlyKeys("edge-2");
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void anExpiredEdgeLosesItsConnectionsByItself(TlsEngine engine, Http http) throws Exception {
        try (Pair pair = new Pair(engine, http);
                Client client = new Client(pair, edge)) {
            client.get();
            now.set(edge.notAfter().plusSeconds(1));
            client.assertEnded();
            assertThat(pair.inbound.ended(HandshakeRefusal.EXPIRED)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aDeniedNodeAndOneOfARootThatIsNoLongerTrustedLoseTheirConnections(TlsEngine engine, Http http)
            throws Exception {
        try (Pair pair = new Pair(engine, http)) {
            try (Client denied = new Client(pair, edge)) {
                denied.get();
                nodes.change(Set.of(), Set.of("edge-1"));
                denied.assertEnded();
                assertThat(pair.inbound.ended(HandshakeRefusal.WRONG_NAME)).isEqualTo(1);
                nodes.change(Set.of("edge-1"), Set.of());
            }
            try (Client untrusted = new Client(pair, edge)) {
                untrusted.get();
                roots.set(List.of(other.root()));
                pair.inbound.review();
                untrusted.assertEnded();
                assertThat(pair.inbound.ended(HandshakeRefusal.UNKNOWN_ISSUER)).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void anEdgeEndsItsConnectionsToARevokedRegionalGate(TlsEngine engine, Http http) throws Exception {
        try (Pair pair = new Pair(engine, http);
                Client client = new Client(pair, edge)) {
            client.get();
            assertThat(pair.outbound.byNode()).containsExactly(java.util.Map.entry("regional-1", 1));
            assertThat(PeerConnections.ownCertificate(client.channel())).contains(edge.leaf());
            lists.set(snapshot(2, regional.leaf()));
            pair.outbound.review();
            assertThat(client.channel().closeFuture().await(BOUND.toMillis())).isTrue();
            assertThat(pair.outbound.ended(HandshakeRefusal.REVOKED)).isEqualTo(1);
        }
    }

    /** A regional gate's listener and what an edge knows of its own connections. */
    private final class Pair implements AutoCloseable {
        private final PeerRule edges =
                PeerRule.client("sallyport.internal", Role.EDGE).of(nodes);
        private final PeerRule regionals = PeerRule.server("sallyport.internal", Role.REGIONAL);
        private final PeerConnections inbound = new PeerConnections(edges, () -> trust(edges), now::get, PACE);
        private final PeerConnections outbound = new PeerConnections(regionals, () -> trust(regionals), now::get, PACE);
        private final TlsContexts contexts;
        private final Http http;
        private final DisposableServer server;

        Pair(TlsEngine engine, Http http) {
            this.http = http;
            this.contexts = new TlsContexts(engine, http);
            nodes.onChange(inbound::review);
            LiveSslContext live = new LiveSslContext(contexts.server(regional, trust(edges)), Resumption.NEVER);
            this.server = HttpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .protocol(protocols(http))
                    .secure(tls -> tls.sslContext(live))
                    .doOnChannelInit((observer, channel, remote) -> HandshakeObserver.observe(channel, inbound))
                    .handle((request, response) -> {
                        String[] name = new String[1];
                        request.withConnection(connection -> name[0] = PeerIdentity.of(connection.channel())
                                .map(PeerIdentity::node)
                                .orElse("nobody"));
                        return response.sendString(Mono.just(name[0]));
                    })
                    .bindNow();
        }

        private PeerTrust trust(PeerRule rule) {
            return new PeerTrust(rule, roots.get(), lists::get, now::get);
        }

        @Override
        public void close() {
            server.disposeNow();
            inbound.close();
            outbound.close();
        }
    }

    private static HttpProtocol[] protocols(Http http) {
        return http == Http.HTTP_1_1
                ? new HttpProtocol[] {HttpProtocol.HTTP11}
                : new HttpProtocol[] {HttpProtocol.H2, HttpProtocol.HTTP11};
    }

    /** An edge's client that keeps one connection. */
    private static final class Client implements AutoCloseable {
        private final AtomicReference<@Nullable Channel> channel = new AtomicReference<>();
        private final AtomicReference<@Nullable Http2Connection> http2 = new AtomicReference<>();
        private final ConnectionProvider pool = ConnectionProvider.create("test", 1);
        private final Pair pair;
        private final HttpClient client;

        Client(Pair pair, Credentials own) {
            this.pair = pair;
            LiveSslContext live =
                    new LiveSslContext(pair.contexts.client(own, pair.trust(pair.regionals)), Resumption.NEVER);
            this.client = HttpClient.create(pool)
                    .protocol(protocols(pair.http))
                    .secure(tls -> tls.sslContext(live))
                    .doOnChannelInit((observer, opened, remote) -> {
                        HandshakeObserver.observe(opened, pair.outbound);
                        channel.set(opened);
                    });
        }

        @Nullable
        String get() {
            String answer = client.get()
                    .uri("https://localhost:" + pair.server.port() + "/")
                    .responseContent()
                    .aggregate()
                    .asString()
                    .block(WAIT);
            Http2FrameCodec codec = channel().pipeline().get(Http2FrameCodec.class);
            assertThat(codec != null).isEqualTo(pair.http == Http.HTTP_2_AND_1_1);
            if (codec != null) {
                http2.set(codec.connection());
            }
            return answer;
        }

        Channel channel() {
            Channel open = channel.get();
            if (open == null) {
                throw new IllegalStateException("there was no connection");
            }
            return open;
        }

        /** The other end closes, and says so first where HTTP/2 has words for it. */
        void assertEnded() throws InterruptedException {
            assertThat(channel().closeFuture().await(BOUND.toMillis(), TimeUnit.MILLISECONDS))
                    .as("closed within %s", BOUND)
                    .isTrue();
            Http2Connection connection = http2.get();
            if (connection != null) {
                assertThat(connection.goAwayReceived()).isTrue();
            }
        }

        @Override
        public void close() {
            pool.dispose();
        }
    }
}
