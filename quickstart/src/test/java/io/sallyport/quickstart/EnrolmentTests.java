package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Enrolment over real mTLS, with a scripted admin API. */
class EnrolmentTests {
    @TempDir
    Path temporary;

    private final Instant now = Instant.now();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private StateDirectory state;
    private Hierarchy hierarchy;
    private DisposableServer server;
    private int status = 201;
    private String answer = "{\"token\":\"one-time\",\"nodeId\":\"edge-1\"}";

    @BeforeEach
    void start() throws IOException {
        state = StateDirectory.take(temporary);
        hierarchy = new Hierarchy(state, InstantSource.fixed(now));
        hierarchy.prepare();
        SslContext tls = SslContextBuilder.forServer(
                        hierarchy.customer().chain().toFile(),
                        hierarchy.customer().key().toFile())
                // Whom it lets in is the PKI's own business: here a certificate has to be shown.
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .clientAuth(ClientAuth.REQUIRE)
                .build();
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .secure(spec -> spec.sslContext(tls))
                .route(routes -> routes.post(
                        "/api/v1/enrollment-tokens",
                        (request, response) -> request.receive()
                                .aggregate()
                                .asString()
                                .doOnNext(asked::add)
                                .then(response.status(status)
                                        .sendString(Mono.fromSupplier(() -> answer))
                                        .then())))
                .bindNow();
    }

    @AfterEach
    void stop() {
        server.disposeNow();
        state.close();
    }

    @Test
    void aNewNodeGetsATokenForItsOwnerOnly() throws IOException {
        Path token = prepare(Node.regional(), Duration.ZERO);
        assertThat(token).hasContent("one-time");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                .isEqualTo("rw-------");
        assertThat(asked)
                .containsExactly("{\"nodeId\":\"regional-1\",\"role\":\"regional\",\"dnsNames\":[\"localhost\"],"
                        + "\"ipAddresses\":[\"127.0.0.1\",\"::1\"],\"ttl\":\"PT1H\"}");
    }

    @Test
    void aNodeWithAValidCertificateNeedsNone() throws IOException {
        haveCertificate("edge-1");
        assertThat(prepare(Node.edge(1), Duration.ZERO)).doesNotExist();
        assertThat(asked).isEmpty();
    }

    @Test
    void aNodeWhoseCertificateHasEndedGetsAToken() throws IOException {
        haveCertificate("edge-1");
        assertThat(prepare(Node.edge(1), Duration.ofDays(31))).hasContent("one-time");
    }

    @Test
    void aRefusalSaysWhyInOneLine() {
        status = 422;
        answer = "{\"title\":\"Name not permitted\",\"detail\":\"localhost is not the node's\"}";
        assertThatExceptionOfType(CannotStartException.class)
                .isThrownBy(() -> prepare(Node.edge(1), Duration.ZERO))
                .withMessage("the PKI at %s gave no token for edge-1: status 422, localhost is not the node's", url());
        assertThat(state.node("edge-1").resolve("token")).doesNotExist();
    }

    @Test
    void anApiThatIsNotThereIsRefusedInOneLine() {
        server.disposeNow();
        assertThatExceptionOfType(CannotStartException.class)
                .isThrownBy(() -> prepare(Node.edge(1), Duration.ZERO))
                .withMessageStartingWith("the PKI at %s gave no token for edge-1: ", url())
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n", "null"));
    }

    private Path prepare(Node node, Duration later) {
        // The scripted API has the customer's certificate: the only one here that is for localhost.
        Credentials admin =
                new Credentials(hierarchy.admin().key(), hierarchy.admin().chain(), state.resolve("customer-ca.pem"));
        try (AdminApi api = new AdminApi(url(), admin)) {
            return new Enrolment(state, hierarchy, api, InstantSource.fixed(now.plus(later))).prepare(node);
        }
    }

    private String url() {
        return "https://localhost:" + server.port();
    }

    private void haveCertificate(String nodeId) throws IOException {
        Files.createDirectories(state.node(nodeId));
        Credentials node = Credentials.in(state.node(nodeId));
        Files.copy(hierarchy.admin().key(), node.key());
        Files.copy(hierarchy.admin().chain(), node.chain());
    }
}
