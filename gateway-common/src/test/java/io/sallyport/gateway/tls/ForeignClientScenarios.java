package io.sallyport.gateway.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.identity.Credentials;
import io.sallyport.identity.TestAuthority;
import io.sallyport.identity.node.NodeIdentity;
import io.sallyport.identity.revocation.RevocationSnapshot;
import io.sallyport.identity.tls.TlsEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** curl, Node and openssl as clients of a regional gate: good, revoked, expired, with new sessions and old ones. */
@Tag("full")
class ForeignClientScenarios {
    /** In what curl says of a handshake that resumes nothing, whatever it had offered. */
    private static final Pattern SERVER_CERTIFICATE = Pattern.compile("\\(IN\\), TLS handshake, Certificate \\(11\\)");

    private static final String REQUEST = "GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    private static final String NODE = """
            const https = require('https'), fs = require('fs');
            const [port, dir, resumeDir] = process.argv.slice(1);
            const kept = dir + '/node-session';
            const base = {host: 'localhost', port, path: '/hello', agent: false, ca: fs.readFileSync(dir + '/trust.pem')};
            const shown = d => d === 'none' ? {} : {key: fs.readFileSync(d + '/key.pem'), cert: fs.readFileSync(d + '/chain.pem')};
            function get(more, then) {
              let session;
              const request = https.get({...base, ...more}, response => {
                let text = '';
                response.on('data', d => text += d);
                response.on('end', () => then(response.statusCode + ' ' + text + ' reused=' + response.socket.isSessionReused(), session));
              });
              request.on('socket', socket => socket.on('session', s => session = s));
              request.on('error', e => then('refused ' + e.code, session));
            }
            const former = process.env.FORMER && fs.existsSync(kept) ? fs.readFileSync(kept) : undefined;
            get({...shown(dir), session: former}, (first, session) => {
              console.log(first);
              if (session) fs.writeFileSync(kept, session);
              if (resumeDir) get({...shown(resumeDir), session}, second => console.log(second));
            });
            """;

    @TempDir
    Path directory;

    private final Instant now = Instant.now();
    private final TestAuthority authority = new TestAuthority("Sallyport", now);

    @BeforeAll
    static void prepareJvm() {
        GateTls.prepareJvm();
    }

    static Stream<Arguments> variants() {
        return Stream.of(TlsEngine.OPENSSL, TlsEngine.JDK)
                .flatMap(engine -> Stream.of("1.3", "1.2").map(version -> Arguments.of(engine, version)));
    }

    private ConfigurableApplicationContext regional(TlsEngine engine) throws Exception {
        Path files =
                TestAuthority.write(authority.issue(authority.regional("regional-1")), directory.resolve("regional-1"));
        revoke(1);
        return new SpringApplicationBuilder(NodeTlsScenarios.Regional.class)
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
                        "sallyport.node.trust=" + files.resolve("trust.pem"),
                        "sallyport.node.crl=" + directory.resolve("list.crl"))
                .run();
    }

    private void revoke(long number, Credentials... revoked) throws Exception {
        Path aside = Files.write(
                directory.resolve("list.next"),
                authority.revocationList(
                        number,
                        now.plus(Duration.ofDays(1)),
                        Stream.of(revoked).map(Credentials::leaf).toArray(java.security.cert.X509Certificate[]::new)));
        Files.move(
                aside,
                directory.resolve("list.crl"),
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private Path client(String name, Credentials credentials) {
        return TestAuthority.write(credentials, directory.resolve(name));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void onlyAGoodCertificateOpensTheGateAndNoSessionDoes(TlsEngine engine, String version) throws Exception {
        Credentials later = authority.issue(authority.edge("edge-2"));
        Path good = client("edge-1", authority.issue(authority.edge("edge-1")));
        Path revoked = client("edge-2", later);
        Path expired = client(
                "edge-3",
                authority.issue(authority.edge("edge-3").valid(now.minusSeconds(7200), now.minusSeconds(3600))));
        try (ConfigurableApplicationContext gate = regional(engine)) {
            int port = gate.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
            for (Path edge : List.of(good, revoked)) {
                assertThat(curl(port, version, edge).output()).isEqualTo("hello");
                assertThat(curlTwice(port, version, edge))
                        .containsSubsequence("1: 200", "1: 200")
                        .satisfies(said -> assertThat(
                                        SERVER_CERTIFICATE.matcher(said).results())
                                .as("full handshakes")
                                .hasSize(2));
                assertThat(node(port, version, edge)).containsExactly("200 hello reused=false");
                assertThat(openssl(port, version, edge, "-sess_out", session(edge)))
                        .contains("hello");
            }
            assertThat(curl(port, version, expired).status()).isNotZero();
            assertThat(openssl(port, version, expired)).doesNotContain("hello");
            assertThat(node(port, version, expired)).singleElement().asString().startsWith("refused ");
            assertThat(node(port, version, good, good))
                    .containsExactly("200 hello reused=false", "200 hello reused=false");
            assertThat(node(port, version, good, Path.of("none")))
                    .hasSize(2)
                    .startsWith("200 hello reused=false")
                    .last()
                    .asString()
                    .startsWith("refused ");

            BlockingQueue<RevocationSnapshot> heard = new LinkedBlockingQueue<>();
            gate.getBean(NodeIdentity.class).onRevocation(heard::add);
            revoke(2, later);
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isNotNull();

            assertThat(curl(port, version, revoked).status()).isNotZero();
            if (Files.exists(Path.of(session(revoked)))) {
                assertThat(openssl(port, version, revoked, "-sess_in", session(revoked)))
                        .doesNotContain("hello");
            }
            assertThat(node(port, version, revoked)).singleElement().asString().startsWith("refused ");
            assertThat(nodeWithFormerSession(port, version, revoked))
                    .singleElement()
                    .asString()
                    .startsWith("refused ");
            assertThat(nodeWithFormerSession(port, version, good)).containsExactly("200 hello reused=false");
            if (Files.exists(Path.of(session(good)))) {
                assertThat(openssl(port, version, good, "-sess_in", session(good)))
                        .contains("hello", "New, TLS")
                        .doesNotContain("Reused,");
            }
            assertThat(curl(port, version, good).output()).isEqualTo("hello");
            assertThat(count(gate.getBean(MeterRegistry.class), "revoked")).isGreaterThanOrEqualTo(2);
            assertThat(count(gate.getBean(MeterRegistry.class), "expired")).isGreaterThanOrEqualTo(2);
        }
    }

    private static double count(MeterRegistry meters, String reason) {
        return meters.get("sallyport.tls.handshakes")
                .tag("side", "server")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private static String session(Path edge) {
        return edge.resolve("session.pem").toString();
    }

    private static Command curl(int port, String version, Path edge, String... more) throws Exception {
        return Command.run(
                "",
                Stream.concat(curlWords(port, version, edge), Stream.of(more)).toList());
    }

    /** One curl, two connections, the second of which offers the session of the first where there is one. */
    private static String curlTwice(int port, String version, Path edge) throws Exception {
        String url = "https://localhost:" + port + "/hello";
        return curl(
                        port,
                        version,
                        edge,
                        url,
                        "-v",
                        "--http1.1",
                        "-H",
                        "Connection: close",
                        "-w",
                        "%{num_connects}: %{http_code}\n")
                .output();
    }

    private static Stream<String> curlWords(int port, String version, Path edge) {
        return Stream.of(
                "curl",
                "-sS",
                "--max-time",
                "20",
                "--tlsv" + version,
                "--tls-max",
                version,
                "--cacert",
                edge.resolve("trust.pem").toString(),
                "--cert",
                edge.resolve("chain.pem").toString(),
                "--key",
                edge.resolve("key.pem").toString(),
                "https://localhost:" + port + "/hello");
    }

    private static String openssl(int port, String version, Path edge, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                "openssl",
                "s_client",
                "-ign_eof",
                "-connect",
                "localhost:" + port,
                "-tls" + version.replace('.', '_'),
                "-CAfile",
                edge.resolve("trust.pem").toString(),
                "-cert",
                edge.resolve("chain.pem").toString(),
                "-cert_chain",
                edge.resolve("chain.pem").toString(),
                "-key",
                edge.resolve("key.pem").toString()));
        words.addAll(List.of(more));
        return Command.run(REQUEST, words).output();
    }

    private static List<String> node(int port, String version, Path... directories) throws Exception {
        return node("FORMER=", port, version, directories);
    }

    /** With the session that the last process with this certificate got, if it got any. */
    private static List<String> nodeWithFormerSession(int port, String version, Path directory) throws Exception {
        return node("FORMER=yes", port, version, directory);
    }

    private static List<String> node(String former, int port, String version, Path... directories) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                "env",
                former,
                "node",
                "--tls-min-v" + version,
                "--tls-max-v" + version,
                "-e",
                NODE,
                String.valueOf(port)));
        Stream.of(directories).map(Path::toString).forEach(words::add);
        return Command.run("", words).output().lines().toList();
    }
}
