package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.sallyport.identity.TestAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/** Over TLS the socket does not count what is written before it is sent. */
@DisplayName("Many streams of one HTTP/2 connection over TLS")
class SecuredStreamScenarios {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** As large as an answer in one message may be, nearly. */
    private static final String WHOLE = "/whole*10922";

    @TempDir
    Path directory;

    @DisplayName("each get their own content, whole, whatever the others ask for")
    @ParameterizedTest
    @ValueSource(strings = {"edge", "regional"})
    void whole(String tier) throws IOException {
        TestAuthority authority = new TestAuthority("streams", Instant.now());
        TestAuthority.write(authority.issue(authority.regional("any")), directory.resolve("server"));
        try (ScriptedOrigin origin = new ScriptedOrigin();
                GateUnderTest gate = new GateUnderTest(
                        origin.url(),
                        "--sallyport.tier=" + tier,
                        "--server.http2.enabled=true",
                        "--server.ssl.bundle=server",
                        "--spring.ssl.bundle.pem.server.keystore.certificate=" + directory.resolve("server/chain.pem"),
                        "--spring.ssl.bundle.pem.server.keystore.private-key=" + directory.resolve("server/key.pem"))) {
            EchoedTarget.script(origin);
            List<String> targets = IntStream.range(0, 600)
                    .mapToObj(i -> switch (i % 10) {
                        case 1 -> "/hit";
                        case 3 -> "/unstored" + i;
                        case 5 -> "/miss" + i + "*8000";
                        case 7 -> "/large*20000";
                        default -> WHOLE;
                    })
                    .toList();
            ConnectionProvider provider =
                    ConnectionProvider.builder("one").maxConnections(1).build();
            HttpClient client = HttpClient.create(provider)
                    .protocol(HttpProtocol.H2)
                    .secure(spec ->
                            spec.sslContext((GenericSslContextSpec<SslContextBuilder>) Http2SslContextSpec.forClient()
                                    .configure(context -> context.trustManager(InsecureTrustManagerFactory.INSTANCE))))
                    .host("127.0.0.1")
                    .port(gate.port());
            List.of("/hit", WHOLE, "/large*20000")
                    .forEach(target -> get(client, target).block(PATIENCE));
            List<String> contents = Flux.fromIterable(targets)
                    .flatMapSequential(target -> get(client, target), 90)
                    .collectList()
                    .block(PATIENCE);
            provider.disposeLater().block(PATIENCE);
            assertThat(Objects.requireNonNull(contents)).hasSameSizeAs(targets);
            for (int i = 0; i < targets.size(); i++) {
                assertThat(contents.get(i).equals(EchoedTarget.content(targets.get(i))))
                        .as(
                                "%d: %s has the content of %d octets",
                                i, targets.get(i), contents.get(i).length())
                        .isTrue();
            }
        }
    }

    private static Mono<String> get(HttpClient client, String target) {
        return client.get()
                .uri(target)
                .responseSingle((head, content) -> content.asString(StandardCharsets.ISO_8859_1));
    }
}
