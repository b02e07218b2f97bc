package io.sallyport.gateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpVersion;
import io.sallyport.identity.Credentials;
import io.sallyport.identity.PeerIdentity;
import io.sallyport.identity.Role;
import io.sallyport.identity.TestAuthority;
import io.sallyport.identity.node.NodeIdentity;
import io.sallyport.identity.node.NodeSettings;
import io.sallyport.identity.node.NodeSettings.Source;
import io.sallyport.identity.node.NodeTls;
import io.sallyport.identity.peer.HandshakeEvents;
import io.sallyport.identity.peer.HandshakeFailure;
import io.sallyport.identity.peer.HandshakeObserver;
import io.sallyport.identity.peer.HandshakeRefusal;
import io.sallyport.identity.peer.PeerRule;
import io.sallyport.identity.peer.PeerRule.PeerName;
import io.sallyport.identity.tls.LiveSslContext;
import io.sallyport.identity.tls.TlsContexts;
import io.sallyport.identity.tls.TlsContexts.Http;
import io.sallyport.identity.tls.TlsEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** A regional gate by plain Spring settings, and an edge's client before it, over real sockets. */
@Tag("full") // it starts gates for each engine; MutualTlsScenarios has the refusals
class NodeTlsScenarios {
    private static final Duration WAIT = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final Instant now = Instant.now();
    private final TestAuthority authority = new TestAuthority("Sallyport", now);
    private final TestAuthority other = new TestAuthority("Other", now);

    @BeforeAll
    static void prepareJvm() {
        GateTls.prepareJvm();
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration(excludeName = "io.sallyport.gateway.GateAutoConfiguration")
    static class Regional {
        @Bean
        RouterFunction<ServerResponse> hello() {
            return RouterFunctions.route()
                    .GET("/hello", request -> ServerResponse.ok().bodyValue("hello"))
                    .build();
        }
    }

    private ConfigurableApplicationContext regional(TlsEngine engine, Credentials own) {
        Path files = TestAuthority.write(own, directory.resolve("regional-" + own.serialNumber()));
        return new SpringApplicationBuilder(Regional.class)
                .properties(
                        "server.port=0",
                        "server.address=127.0.0.1",
                        "management.server.port=0",
                        "management.server.address=127.0.0.1",
                        "management.server.ssl.enabled=false",
                        "server.ssl.bundle=node",
                        "server.ssl.client-auth=need",
                        "server.http2.enabled=true",
                        "sallyport.tls.engine=" + engine,
                        "sallyport.node.role=regional",
                        "sallyport.node.id=regional-1",
                        "sallyport.node.key=" + files.resolve("key.pem"),
                        "sallyport.node.chain=" + files.resolve("chain.pem"),
                        "sallyport.node.trust=" + files.resolve("trust.pem"))
                .run();
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsEngine.class,
            names = {"OPENSSL", "JDK"})
    void anEdgeReachesTheRegionalGateAndNobodyElseDoes(TlsEngine engine) {
        try (ConfigurableApplicationContext gate = regional(engine, authority.issue(authority.regional("regional-1")));
                Edge edge = new Edge(engine, authority.issue(authority.edge("edge-1")), directory.resolve("edge"))) {
            int port = port(gate, "local.server.port");
            PeerName byConnection = new PeerName.OfConnection();
            assertThat(edge.get(port, byConnection, Http.HTTP_1_1)).isEqualTo("HTTP/1.1 hello");
            assertThat(edge.get(port, byConnection, Http.HTTP_2_AND_1_1)).isEqualTo("HTTP/2.0 hello");
            MeterRegistry meters = gate.getBean(MeterRegistry.class);
            assertThat(count(meters, "success", "none")).isEqualTo(2);
            try (Edge stranger =
                    new Edge(engine, authority.issue(authority.regional("edge-1")), directory.resolve("stranger"))) {
                assertThatThrownBy(() -> stranger.get(port, byConnection, Http.HTTP_1_1))
                        .isNotNull();
            }
            assertThat(count(meters, "failure", "wrong-role")).isEqualTo(1);
            assertThat(plainGet(port(gate, "local.management.port"))).contains("UP");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsEngine.class,
            names = {"OPENSSL", "JDK"})
    void anEdgeSaysWhyItRefusesARegionalGate(TlsEngine engine) {
        try (Edge edge = new Edge(engine, authority.issue(authority.edge("edge-1")), directory.resolve("edge"))) {
            PeerName byConnection = new PeerName.OfConnection();
            assertThat(edge.refusalOf(
                            authority.issue(authority.regional("regional-1")), new PeerName.Fixed("eu.example")))
                    .isEqualTo(HandshakeRefusal.WRONG_NAME);
            assertThat(edge.refusalOf(
                            authority.issue(authority.server("spiffe://sallyport.internal/pki/pki-1")), byConnection))
                    .isEqualTo(HandshakeRefusal.WRONG_ROLE);
            assertThat(edge.refusalOf(other.issue(other.regional("regional-1")), byConnection))
                    .isEqualTo(HandshakeRefusal.UNKNOWN_ISSUER);
            assertThat(edge.refusalOf(
                            authority.issue(authority
                                    .regional("regional-1")
                                    .valid(now.minusSeconds(200), now.minusSeconds(100))),
                            byConnection))
                    .isEqualTo(HandshakeRefusal.EXPIRED);
        }
    }

    private static double count(MeterRegistry meters, String result, String reason) {
        return meters.get("sallyport.tls.handshakes")
                .tag("side", "server")
                .tag("result", result)
                .tag("reason", reason)
                .counter()
                .count();
    }

    private static int port(ConfigurableApplicationContext context, String property) {
        return context.getEnvironment().getRequiredProperty(property, Integer.class);
    }

    private static @Nullable String plainGet(int port) {
        return HttpClient.newConnection()
                .get()
                .uri("http://127.0.0.1:" + port + "/actuator/health")
                .responseContent()
                .aggregate()
                .asString()
                .block(WAIT);
    }

    /** What an edge does before regional gates. */
    private static final class Edge implements AutoCloseable, HandshakeEvents {
        private final List<HandshakeFailure> failures = Collections.synchronizedList(new ArrayList<>());
        private final NodeIdentity identity;
        private final TlsEngine engine;

        Edge(TlsEngine engine, Credentials own, Path directory) {
            this.engine = engine;
            Path files = TestAuthority.write(own, directory);
            this.identity = NodeIdentity.start(
                    new NodeSettings(
                            "edge-1",
                            PeerIdentity.of(own.leaf()).orElseThrow().role(),
                            "sallyport.internal",
                            new Source.Files(
                                    files.resolve("key.pem"),
                                    files.resolve("chain.pem"),
                                    files.resolve("trust.pem"),
                                    null),
                            Duration.ofHours(1)),
                    InstantSource.system());
        }

        @Nullable
        String get(int port, PeerName name, Http http) {
            LiveSslContext live = new NodeTls(identity, new TlsContexts(engine, http), InstantSource.system())
                    .client(new PeerRule("sallyport.internal", Role.REGIONAL, name));
            return HttpClient.create(ConnectionProvider.newConnection())
                    .protocol(
                            http == Http.HTTP_1_1
                                    ? new HttpProtocol[] {HttpProtocol.HTTP11}
                                    : new HttpProtocol[] {HttpProtocol.HTTP11, HttpProtocol.H2})
                    .secure(tls -> tls.sslContext(live))
                    .doOnChannelInit((observer, channel, remote) -> HandshakeObserver.observe(channel, this))
                    .get()
                    .uri("https://localhost:" + port + "/hello")
                    .responseSingle((response, body) -> body.asString().map(text -> version(response.version()) + text))
                    .block(WAIT);
        }

        private static String version(HttpVersion version) {
            return version.text() + " ";
        }

        /** Why the edge refuses a server that shows these credentials. */
        HandshakeRefusal refusalOf(Credentials shown, PeerName name) {
            failures.clear();
            var context = new TlsContexts(engine, Http.HTTP_1_1)
                    .server(shown.keyManagerFactory(), null, io.netty.handler.ssl.ClientAuth.NONE);
            var server = reactor.netty.http.server.HttpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .secure(tls -> tls.sslContext(context))
                    .handle((request, response) -> response.send())
                    .bindNow();
            try {
                assertThatThrownBy(() -> get(server.port(), name, Http.HTTP_1_1))
                        .isNotNull();
            } finally {
                server.disposeNow();
            }
            assertThat(failures).isNotEmpty();
            return failures.getFirst().reason();
        }

        @Override
        public void succeeded(Channel channel) {}

        @Override
        public void failed(HandshakeFailure failure) {
            failures.add(failure);
        }

        @Override
        public void close() {
            identity.close();
        }
    }
}
