package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.identity.Credentials;
import io.sallyport.identity.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/** Who may use a management port that others than this machine reach, and what its console is served as. */
class ManagementScenarios {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final ScriptedOrigin origin = new ScriptedOrigin();

    @TempDir
    static Path directory;

    private static GateUnderTest gate;
    private static Path trust;
    private static Path own;

    @BeforeAll
    static void start() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), TOKEN + "\n");
        TestAuthority authority = new TestAuthority("Operators", Instant.now());
        Credentials server = authority.issue(authority.server("https://gate.example/"));
        own = TestAuthority.write(authority.issue(authority.edge("operator")), directory.resolve("operator"));
        trust = TestAuthority.write(server, directory.resolve("server")).resolve("trust.pem");
        gate = new GateUnderTest(
                origin.url(),
                "--management.server.port=0",
                "--management.server.address=127.0.0.1",
                "--management.server.ssl.bundle=management",
                "--management.server.ssl.client-auth=want",
                "--spring.ssl.bundle.pem.management.keystore.certificate=" + directory.resolve("server/chain.pem"),
                "--spring.ssl.bundle.pem.management.keystore.private-key=" + directory.resolve("server/key.pem"),
                "--spring.ssl.bundle.pem.management.truststore.certificate=" + trust,
                "--management.endpoints.web.exposure.include=*",
                "--management.endpoint.health.probes.enabled=true",
                "--management.endpoint.health.show-details=always",
                "--management.endpoint.health.group.liveness.include=livenessState",
                "--management.endpoint.health.group.readiness.include=readinessState",
                "--sallyport.management.token-file=" + token);
    }

    @AfterAll
    static void stop() throws IOException {
        gate.close();
        origin.close();
    }

    private static HttpClient client(@Nullable Path credentials) {
        PemSslStoreDetails key = credentials == null
                ? null
                : PemSslStoreDetails.forCertificate(
                                credentials.resolve("chain.pem").toUri().toString())
                        .withPrivateKey(credentials.resolve("key.pem").toUri().toString());
        SSLContext tls = SslBundle.of(new PemSslStoreBundle(
                        key, PemSslStoreDetails.forCertificate(trust.toUri().toString())))
                .createSslContext();
        return HttpClient.newBuilder().sslContext(tls).build();
    }

    private static HttpResponse<String> ask(@Nullable Path credentials, String path, String... fields)
            throws Exception {
        try (HttpClient client = client(credentials)) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create("https://localhost:" + gate.managementPort() + path));
            if (fields.length > 0) {
                request.headers(fields);
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator",
                "/actuator/health",
                "/actuator/health/ping",
                "/actuator/health/liveness/",
                "/actuator/httpcache",
                "/actuator/prometheus",
                "/actuator/env",
                "/actuator/caches",
                "/console/",
                "/console/console.css",
                "/nothing"
            })
    void withoutCredentialsThereIsNothing(String path) throws Exception {
        HttpResponse<String> refused = ask(null, path);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().allValues("WWW-Authenticate"))
                .containsExactly("Bearer realm=\"sallyport\"", "Basic realm=\"sallyport\", charset=\"UTF-8\"");
        assertThat(refused.body()).startsWith("{\"error\":");
        for (String wrong : new String[] {
            "Bearer " + TOKEN + "0",
            "Bearer ",
            "Bearer",
            TOKEN,
            "Basic %%%",
            "Basic " + basic(TOKEN + ":"),
            "Digest " + TOKEN
        }) {
            assertThat(ask(null, path, "Authorization", wrong).statusCode())
                    .as(wrong)
                    .isEqualTo(401);
        }
    }

    private static String basic(String pair) {
        return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void probesAnswerEverybodyWithOneWord() throws Exception {
        for (String probe : new String[] {"liveness", "readiness"}) {
            HttpResponse<String> answer = ask(null, "/actuator/health/" + probe);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"status\":\"UP\"}");
            assertThat(ask(own, "/actuator/health/" + probe).body()).contains("components");
        }
    }

    @Test
    void theTokenOpensAsBearerAndAsPassword() throws Exception {
        for (String shown : new String[] {"Bearer " + TOKEN, "bearer " + TOKEN, "Basic " + basic("anybody:" + TOKEN)}) {
            assertThat(ask(null, "/actuator/httpcache", "Authorization", shown).statusCode())
                    .as(shown)
                    .isEqualTo(200);
        }
    }

    @Test
    void aCertificateThatTheBundleTrustsOpens() throws Exception {
        assertThat(ask(own, "/actuator/httpcache").statusCode()).isEqualTo(200);
        assertThat(ask(own, "/console/").statusCode()).isEqualTo(200);
    }

    @Test
    void theConsoleIsServedForNobodyElseToUse() throws Exception {
        HttpResponse<String> page = ask(own, "/console/");
        assertThat(page.body()).contains("<script type=\"module\" src=\"gate.js\">");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'self'")
                .contains("frame-ancestors 'none'");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(page.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=utf-8");
        String tag = page.headers().firstValue("ETag").orElseThrow();
        assertThat(ask(own, "/console/", "If-None-Match", tag).statusCode()).isEqualTo(304);
        assertThat(ask(own, "/console").headers().firstValue("Location").orElseThrow())
                .endsWith("console/");
        for (String absent :
                new String[] {"/console/pki.html", "/console/..%2f..%2fapplication.yaml", "/console/a/b"}) {
            assertThat(ask(own, absent).statusCode()).as(absent).isGreaterThanOrEqualTo(400);
        }
    }

    @Test
    void thePortServesNothingOfTheOrigin() throws Exception {
        origin.answers("200 OK\nCache-Control: no-store", "the origin's");
        for (String path : new String[] {"/page", "/actuator/page", "/console/page"}) {
            HttpResponse<String> answer = ask(own, path);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(answer.body()).doesNotContain("the origin's");
        }
    }

    @Test
    void theListenerOfCustomersHasNoConsole() {
        origin.answers("404 Not Found\nCache-Control: no-store", "the origin's");
        for (String path : new String[] {"/console/", "/console/gate.js", "/META-INF/sallyport/console/gate.html"}) {
            HttpResponse<String> answer = gate.get(path);
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).isEqualTo("the origin's");
        }
        assertThat(gate.send("POST", "/console/", "x").body()).doesNotContain("gate.js");
    }
}
