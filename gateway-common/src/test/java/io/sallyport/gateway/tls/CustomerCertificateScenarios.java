package io.sallyport.gateway.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.identity.Credentials;
import io.sallyport.identity.TestAuthority;
import io.sallyport.identity.tls.TlsEngine;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Several certificates for customers, by plain Spring settings: chosen by name, reloaded while running, resumable. */
@Tag("full") // it starts a gate for each engine
class CustomerCertificateScenarios {
    private static final String REQUEST = "GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    @TempDir
    Path directory;

    private final Instant now = Instant.now();
    private final TestAuthority authority = new TestAuthority("Public", now);
    private final Credentials byDefault = customer("default");
    private final Credentials shop = customer("shop");
    private final Credentials wildcard = customer("wildcard");

    @BeforeAll
    static void prepareJvm() {
        GateTls.prepareJvm();
    }

    private Credentials customer(String name) {
        return authority.issue(authority.server("https://example.com/" + name));
    }

    @BeforeEach
    void writeMaterial() {
        TestAuthority.write(authority.issue(authority.edge("edge-1")), directory.resolve("node"));
        TestAuthority.write(byDefault, directory.resolve("customer"));
        TestAuthority.write(shop, directory.resolve("shop"));
        TestAuthority.write(wildcard, directory.resolve("wildcard"));
    }

    private ConfigurableApplicationContext edge(TlsEngine engine) {
        List<String> properties = new ArrayList<>(List.of(
                "server.port=0",
                "server.address=127.0.0.1",
                "management.server.port=0",
                "management.server.address=127.0.0.1",
                "management.server.ssl.enabled=false",
                "management.endpoints.web.exposure.include=health,identity",
                "management.endpoint.health.show-details=always",
                "server.ssl.bundle=customer",
                "server.ssl.server-name-bundles[0].server-name=shop.example.com",
                "server.ssl.server-name-bundles[0].bundle=shop",
                "server.ssl.server-name-bundles[1].server-name=*.example.com",
                "server.ssl.server-name-bundles[1].bundle=wildcard",
                "spring.ssl.bundle.watch.file.quiet-period=100ms",
                "sallyport.tls.engine=" + engine,
                "sallyport.node.role=edge",
                "sallyport.node.id=edge-1",
                "sallyport.node.key=" + directory.resolve("node/key.pem"),
                "sallyport.node.chain=" + directory.resolve("node/chain.pem"),
                "sallyport.node.trust=" + directory.resolve("node/trust.pem")));
        for (String bundle : List.of("customer", "shop", "wildcard")) {
            String prefix = "spring.ssl.bundle.pem." + bundle + ".";
            properties.add(prefix + "reload-on-update=true");
            properties.add(prefix + "keystore.certificate=" + directory.resolve(bundle + "/chain.pem"));
            properties.add(prefix + "keystore.private-key=" + directory.resolve(bundle + "/key.pem"));
        }
        return new SpringApplicationBuilder(NodeTlsScenarios.Regional.class)
                .properties(properties.toArray(String[]::new))
                .run();
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsEngine.class,
            names = {"OPENSSL", "JDK"})
    void theNameChoosesTheCertificateAndReloadsCountWhereTheyAreGood(TlsEngine engine) throws Exception {
        try (ConfigurableApplicationContext edge = edge(engine)) {
            int port = edge.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
            if (engine == TlsEngine.OPENSSL) {
                resume(port);
            }
            assertThat(shown(port, "shop.example.com")).isEqualTo(shop.leaf());
            assertThat(shown(port, "SHOP.example.com")).isEqualTo(shop.leaf());
            assertThat(shown(port, "www.example.com")).isEqualTo(wildcard.leaf());
            assertThat(shown(port, "a.b.example.com")).isEqualTo(byDefault.leaf());
            assertThat(shown(port, "elsewhere.org")).isEqualTo(byDefault.leaf());

            Credentials next = customer("shop");
            TestAuthority.write(next, directory.resolve("shop"));
            await(() -> shown(port, "shop.example.com").equals(next.leaf()));
            assertThat(shown(port, "www.example.com")).isEqualTo(wildcard.leaf());

            CustomerCertificates customers =
                    edge.getBean(LiveServerCustomizer.class).customers().orElseThrow();
            Files.copy(
                    directory.resolve("shop/key.pem"),
                    directory.resolve("wildcard/key.pem"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            await(() -> customers.problems().containsKey("wildcard"));
            assertThat(customers.problems().get("wildcard")).contains("private key");
            assertThat(shown(port, "www.example.com")).isEqualTo(wildcard.leaf());
            assertThat(customers.refusals()).isPositive();
            String health = Command.run(
                            "",
                            List.of(
                                    "curl",
                                    "-s",
                                    "http://127.0.0.1:"
                                            + edge.getEnvironment().getProperty("local.management.port")
                                            + "/actuator/health"))
                    .output();
            assertThat(health).contains("\"identity\":{\"details\"", "\"bundle-wildcard\":\"private key");
            TestAuthority.write(customer("wildcard"), directory.resolve("wildcard"));
            await(() -> customers.problems().isEmpty());
            assertThat(shown(port, "www.example.com")).isNotEqualTo(wildcard.leaf());
            if (engine == TlsEngine.OPENSSL) {
                resumeAcrossAReload(port);
            }
            assertThat(edge.getBean(MeterRegistry.class)
                            .find("sallyport.certificate.expiry")
                            .tag("use", "customer")
                            .gauges())
                    .isNotEmpty();
        }
    }

    /* What the JDK's engine does is seen in a process of its own, see ResumptionScenarios. */
    private void resume(int port) throws Exception {
        for (String version : List.of("1_3", "1_2")) {
            String session = session(version);
            assertThat(openssl(port, version, "-sess_out", session)).contains("hello", "New, TLS");
            assertThat(openssl(port, version, "-sess_in", session)).contains("hello", "Reused, TLS");
        }
    }

    private void resumeAcrossAReload(int port) throws Exception {
        Credentials next = customer("default");
        TestAuthority.write(next, directory.resolve("customer"));
        await(() -> shown(port, "elsewhere.org").equals(next.leaf()));
        for (String version : List.of("1_3", "1_2")) {
            assertThat(openssl(port, version, "-sess_in", session(version))).contains("hello", "Reused, TLS");
        }
    }

    private String session(String version) {
        return directory.resolve("session-" + version + ".pem").toString();
    }

    private static String openssl(int port, String version, String... more) throws Exception {
        List<String> words = new ArrayList<>(
                List.of("openssl", "s_client", "-ign_eof", "-connect", "localhost:" + port, "-tls" + version));
        words.addAll(List.of(more));
        return Command.run(REQUEST, words).output();
    }

    private static X509Certificate shown(int port, String name) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustingAny()}, null);
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
                    .createSocket(new Socket(InetAddress.getLoopbackAddress(), port), name, port, true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setServerNames(List.of(new SNIHostName(name)));
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                return (X509Certificate) socket.getSession().getPeerCertificates()[0];
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
