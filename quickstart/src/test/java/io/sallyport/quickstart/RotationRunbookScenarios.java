package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.identity.Role;
import io.sallyport.identity.node.NodeIdentity;
import io.sallyport.identity.node.NodeSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runbooks for rotations, run as written against the PKI's jar and nodes that keep themselves fresh. */
@Tag("full")
class RotationRunbookScenarios {
    @TempDir
    Path temporary;

    private Path offline;
    private Path state;
    private Ports ports = new Ports(Map.of());

    @BeforeEach
    void places() {
        offline = temporary.resolve("offline");
        state = temporary.resolve("pki");
    }

    private JarProcess pki() throws Exception {
        for (String step : List.of("root", "issuing", "admin")) {
            try (JarProcess ceremony =
                    JarProcess.start("pki-service", step + ": ", List.of("ceremony", step, "--out=" + offline))) {
                assertThat(ceremony.exitCode())
                        .as("%s: %s", step, ceremony.lines())
                        .isZero();
            }
        }
        copyWithoutRootKey();
        ports = ProcessScenarios.freePorts();
        return JarProcess.start(
                        "pki-service",
                        "Started PkiApplication",
                        List.of(
                                "--sallyport.pki.state=" + state,
                                "--sallyport.pki.bind=127.0.0.1",
                                "--sallyport.pki.minimum-lifetime=1s",
                                "--sallyport.pki.default-lifetime=60s",
                                "--sallyport.pki.port=" + ports.of(Ports.Listener.PKI),
                                "--sallyport.pki.admin-port=" + ports.of(Ports.Listener.PKI_ADMIN),
                                "--management.server.port=" + ports.of(Ports.Listener.PKI_MANAGEMENT)))
                .ready();
    }

    private void copyWithoutRootKey() throws IOException {
        try (Stream<Path> all = Files.walk(offline)) {
            for (Path one : all.toList()) {
                Path there = state.resolve(offline.relativize(one));
                if (Files.isDirectory(one)) {
                    Files.createDirectories(there);
                } else if (!one.endsWith("root/root-key.pem")) {
                    Files.copy(one, there, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private NodeIdentity node(Node node) throws IOException {
        try (AdminApi api = new AdminApi(url(Ports.Listener.PKI_ADMIN), Credentials.in(offline.resolve("admin")))) {
            Path token = Files.writeString(temporary.resolve(node.id() + ".token"), api.enrolmentToken(node));
            return NodeIdentity.start(
                    new NodeSettings(
                            node.id(),
                            Role.valueOf(node.role().name()),
                            "sallyport.internal",
                            new NodeSettings.Source.Pki(
                                    URI.create(url(Ports.Listener.PKI)), token, temporary.resolve(node.id())),
                            Duration.ofHours(1)),
                    InstantSource.system());
        }
    }

    private String url(Ports.Listener listener) {
        return "https://localhost:" + ports.of(listener);
    }

    private Map<String, String> variables() {
        return Map.of(
                "OFFLINE",
                offline.toString(),
                "STATE",
                state.toString(),
                "PKI_ADMIN",
                url(Ports.Listener.PKI_ADMIN),
                "PAUSE",
                "12");
    }

    private static X509Certificate issuerOf(NodeIdentity node) {
        return node.current().chain().get(1);
    }

    @Test
    void anotherIssuingCa() throws Exception {
        try (JarProcess pki = pki();
                NodeIdentity edge = node(Node.edge(1));
                NodeIdentity regional = node(Node.regional())) {
            X509Certificate before = issuerOf(edge);
            String said = Runbook.of("rotate-issuing-ca.md").run(temporary, variables());
            assertThat(said).contains("active", "retired", "not yet");
            assertThat(issuerOf(edge)).isNotEqualTo(before).isEqualTo(issuerOf(regional));
            assertThat(edge.revocation().lists()).hasSizeGreaterThanOrEqualTo(2);
            assertThat(pki.lines()).noneMatch(line -> line.contains(" ERROR "));
        }
    }

    @Test
    void anotherRoot() throws Exception {
        try (JarProcess pki = pki();
                NodeIdentity edge = node(Node.edge(1));
                NodeIdentity regional = node(Node.regional())) {
            X509Certificate before = issuerOf(edge);
            String said = Runbook.of("rotate-root.md").run(temporary, variables());
            assertThat(said).contains("active", "retired", "not yet");
            assertThat(issuerOf(edge).getIssuerX500Principal()).isNotEqualTo(before.getIssuerX500Principal());
            assertThat(issuerOf(regional)).isEqualTo(issuerOf(edge));
            assertThat(edge.current().roots()).hasSize(2);
            assertThat(pki.lines()).noneMatch(line -> line.contains(" ERROR "));
        }
    }
}
