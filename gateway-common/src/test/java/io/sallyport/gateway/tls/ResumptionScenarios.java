package io.sallyport.gateway.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.identity.Credentials;
import io.sallyport.identity.TestAuthority;
import io.sallyport.identity.tls.TlsEngine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * openssl as a customer who comes back to an edge in a process of its own, since the JDK decides once for a process
 * whether it hands out tickets.
 */
@Tag("full")
class ResumptionScenarios {
    private static final String REQUEST = "GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    @TempDir
    Path directory;

    private final Instant now = Instant.now();
    private final TestAuthority authority = new TestAuthority("Public", now);

    /** The edge's side: settings as arguments. */
    static final class Edge {
        private Edge() {}

        public static void main(String[] arguments) {
            ConfigurableApplicationContext edge = new SpringApplicationBuilder(NodeTlsScenarios.Regional.class)
                    .listeners(GateTls.prepareJvmWhereNeeded())
                    .run(arguments);
            System.out.println("port=" + edge.getEnvironment().getProperty("local.server.port"));
        }
    }

    static Stream<Arguments> variants() {
        return Stream.of(TlsEngine.OPENSSL, TlsEngine.JDK)
                .flatMap(engine -> Stream.of("1_3", "1_2").map(version -> Arguments.of(engine, version)));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aCustomerResumesAlsoAcrossAReload(TlsEngine engine, String version) throws Exception {
        String session = directory.resolve("session.pem").toString();
        try (EdgeProcess edge = new EdgeProcess(engine)) {
            assertThat(openssl(edge.port, version, "-sess_out", session)).contains("hello", "New, TLS");
            assertThat(openssl(edge.port, version, "-sess_in", session)).contains("hello", "Reused, TLS");
            Credentials shop = certificate();
            TestAuthority.write(shop, directory.resolve("shop"));
            edge.await("event=material-taken bundle=shop");
            assertThat(openssl(edge.port, version, "-servername", "shop.example.com"))
                    .contains("hello", encoded(shop));
            assertThat(openssl(edge.port, version, "-sess_in", session))
                    .as("another name's certificate was reloaded")
                    .contains("hello", "Reused, TLS");
            Credentials next = certificate();
            TestAuthority.write(next, directory.resolve("customer"));
            edge.await("event=material-taken bundle=customer");
            assertThat(openssl(edge.port, version)).contains("hello", encoded(next));
            assertThat(openssl(edge.port, version, "-sess_in", session))
                    .as("its own certificate was reloaded; the JDK's tickets count with the same certificate only")
                    .contains("hello", engine == TlsEngine.JDK ? "New, TLS" : "Reused, TLS");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsEngine.class,
            names = {"OPENSSL", "JDK"})
    void aListenerThatAsksForCertificatesResumesNothing(TlsEngine engine) throws Exception {
        String session = directory.resolve("session.pem").toString();
        try (EdgeProcess edge = new EdgeProcess(
                engine,
                "server.ssl.client-auth=want",
                "spring.ssl.bundle.pem.customer.truststore.certificate=" + directory.resolve("customer/trust.pem"))) {
            for (String version : List.of("1_3", "1_2")) {
                assertThat(openssl(edge.port, version, "-sess_out", session)).contains("hello", "New, TLS");
                if (Files.exists(Path.of(session))) {
                    assertThat(openssl(edge.port, version, "-sess_in", session))
                            .contains("hello", "New, TLS")
                            .doesNotContain("Reused,");
                }
            }
        }
    }

    private Credentials certificate() {
        return authority.issue(authority.server("https://example.com/default"));
    }

    /* As openssl prints the leaf among the chain that it was shown. */
    private static String encoded(Credentials shown) throws Exception {
        return Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(shown.leaf().getEncoded());
    }

    private static String openssl(int port, String version, String... more) throws Exception {
        List<String> words = new ArrayList<>(
                List.of("openssl", "s_client", "-ign_eof", "-connect", "localhost:" + port, "-tls" + version));
        words.addAll(List.of(more));
        return Command.run(REQUEST, words).output();
    }

    /** A running edge. */
    private final class EdgeProcess implements AutoCloseable {
        private final Process process;
        private final BufferedReader said;
        private final StringBuilder heard = new StringBuilder();
        private final int port;

        EdgeProcess(TlsEngine engine, String... more) throws IOException {
            TestAuthority.write(authority.issue(authority.edge("edge-1")), directory.resolve("node"));
            TestAuthority.write(certificate(), directory.resolve("customer"));
            TestAuthority.write(certificate(), directory.resolve("shop"));
            String shop = "spring.ssl.bundle.pem.shop.";
            String bundle = "spring.ssl.bundle.pem.customer.";
            List<String> words = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Edge.class.getName()));
            Stream.concat(
                            Stream.of(
                                    "server.port=0",
                                    "server.address=127.0.0.1",
                                    "management.server.port=0",
                                    "management.server.address=127.0.0.1",
                                    "management.server.ssl.enabled=false",
                                    "server.ssl.bundle=customer",
                                    "sallyport.tls.engine=" + engine,
                                    "sallyport.node.role=edge",
                                    "sallyport.node.id=edge-1",
                                    "sallyport.node.key=" + directory.resolve("node/key.pem"),
                                    "sallyport.node.chain=" + directory.resolve("node/chain.pem"),
                                    "sallyport.node.trust=" + directory.resolve("node/trust.pem"),
                                    "spring.ssl.bundle.watch.file.quiet-period=100ms",
                                    "server.ssl.server-name-bundles[0].server-name=shop.example.com",
                                    "server.ssl.server-name-bundles[0].bundle=shop",
                                    shop + "reload-on-update=true",
                                    shop + "keystore.certificate=" + directory.resolve("shop/chain.pem"),
                                    shop + "keystore.private-key=" + directory.resolve("shop/key.pem"),
                                    bundle + "reload-on-update=true",
                                    bundle + "keystore.certificate=" + directory.resolve("customer/chain.pem"),
                                    bundle + "keystore.private-key=" + directory.resolve("customer/key.pem")),
                            Arrays.stream(more))
                    .map(setting -> "--" + setting)
                    .forEach(words::add);
            process = new ProcessBuilder(words).redirectErrorStream(true).start();
            said = process.inputReader();
            String line = await("port=");
            port = Integer.parseInt(line.substring("port=".length()));
        }

        /** The next line that holds a text. */
        String await(String text) {
            try {
                for (String line = said.readLine(); line != null; line = said.readLine()) {
                    heard.append(line).append('\n');
                    if (line.contains(text)) {
                        return line;
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            throw new AssertionError("ended without '" + text + "':\n" + heard);
        }

        @Override
        public void close() {
            process.destroy();
            process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
        }
    }
}
