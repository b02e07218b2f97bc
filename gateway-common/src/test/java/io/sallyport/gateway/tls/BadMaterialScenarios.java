package io.sallyport.gateway.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.identity.Credentials;
import io.sallyport.identity.TestAuthority;
import io.sallyport.identity.node.NodeIdentity;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** Where an operator sees that a running gate has refused new material; each kind of bad material: KeyFileScenarios. */
@Tag("full") // it waits for reloads
@ExtendWith(OutputCaptureExtension.class)
class BadMaterialScenarios {
    @TempDir
    Path directory;

    private final Instant now = Instant.now();
    private final TestAuthority authority = new TestAuthority("Sallyport", now);

    @BeforeAll
    static void prepareJvm() {
        GateTls.prepareJvm();
    }

    @Test
    void logMeterAndHealthTellOfItAndTheFormerIsServed(CapturedOutput output) throws Exception {
        Credentials own = authority.issue(authority.regional("regional-1"));
        Path files = TestAuthority.write(own, directory.resolve("regional-1"));
        Path crl = Files.write(directory.resolve("list.crl"), list());
        try (ConfigurableApplicationContext gate = regional(files, crl)) {
            Files.writeString(files.resolve("chain.pem"), "-----BEGIN CERTIFICATE-----\nMIIB");
            Files.write(crl, new byte[] {0x30, 0x03});
            NodeIdentity identity = gate.getBean(NodeIdentity.class);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (identity.problems().size() < 2) {
                assertThat(System.nanoTime()).as("in time").isLessThan(end);
                LockSupport.parkNanos(1_000_000);
            }
            for (String what : List.of("chain-file", "crl-file")) {
                assertThat(gate.getBean(MeterRegistry.class)
                                .get("sallyport.identity.failures")
                                .tag("what", what)
                                .functionCounter()
                                .count())
                        .isEqualTo(1);
            }
            String health = Command.run(
                            "",
                            List.of(
                                    "curl",
                                    "-s",
                                    "http://127.0.0.1:"
                                            + gate.getEnvironment().getProperty("local.management.port")
                                            + "/actuator/health"))
                    .output();
            assertThat(health)
                    .contains("\"status\":\"UP\"", "\"chain-file\":\"" + files, "\"crl-file\":\"" + crl)
                    .doesNotContain("OUT_OF_SERVICE");
            assertThat(output.getAll().lines().filter(line -> line.contains("event=material-refused")))
                    .hasSize(2)
                    .anyMatch(line -> line.contains("WARN") && line.contains("file=" + files.resolve("chain.pem")))
                    .anyMatch(line -> line.contains("WARN") && line.contains("file=" + crl));
            assertThat(shown(gate.getEnvironment().getRequiredProperty("local.server.port", Integer.class)))
                    .isEqualTo(own.leaf());
        }
    }

    private byte[] list() {
        return authority.revocationList(1, now.plus(Duration.ofDays(1)));
    }

    private static ConfigurableApplicationContext regional(Path files, Path crl) {
        return new SpringApplicationBuilder(NodeTlsScenarios.Regional.class)
                .properties(
                        "server.port=0",
                        "server.address=127.0.0.1",
                        "management.server.port=0",
                        "management.server.address=127.0.0.1",
                        "management.server.ssl.enabled=false",
                        "management.endpoint.health.show-details=always",
                        "server.ssl.bundle=node",
                        "server.ssl.client-auth=need",
                        "sallyport.node.role=regional",
                        "sallyport.node.id=regional-1",
                        "sallyport.node.key=" + files.resolve("key.pem"),
                        "sallyport.node.chain=" + files.resolve("chain.pem"),
                        "sallyport.node.trust=" + files.resolve("trust.pem"),
                        "sallyport.node.crl=" + crl)
                .run();
    }

    private Object shown(int port) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        Credentials edge = authority.issue(authority.edge("edge-1"));
        context.init(edge.keyManagerFactory().getKeyManagers(), new TrustManager[] {new TrustingAny()}, null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(new Socket(InetAddress.getLoopbackAddress(), port), "localhost", port, true)) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }
}
