package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sallyport.identity.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@Tag("full") // each test starts gates
@DisplayName("A dry run says what was understood, or what a start would say")
@ExtendWith(OutputCaptureExtension.class)
class DryRunScenarios {
    @TempDir
    Path directory;

    private final TestAuthority authority = new TestAuthority("Public", Instant.now());

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {}

    @BeforeEach
    void writeFiles() throws Exception {
        TestAuthority.write(authority.issue(authority.edge("edge-1")), directory.resolve("node"));
        TestAuthority.write(
                authority.issue(authority.server("https://example.com/site")), directory.resolve("customer"));
        Files.writeString(directory.resolve("edge.yaml"), """
            sallyport:
              cache.memory: 16MB
              upstream.regionals.main: ["https://r0:9443", "https://r1:9443"]
            spring.cloud.gateway.server.webflux.routes:
              - {id: api, uri: "https://r0:9443", predicates: ["Path=/api/**"]}
              - {id: site, uri: "regional://main", predicates: ["Host=*.example.org", "Path=/**"], filters: [HttpCache]}
            """);
    }

    private List<String> arguments(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--dry-run",
                "--spring.main.banner-mode=off",
                "--logging.level.root=WARN",
                "--spring.config.additional-location=file:" + directory.resolve("edge.yaml"),
                "--server.address=127.0.0.1",
                "--server.ssl.bundle=customer",
                "--spring.ssl.bundle.pem.customer.keystore.certificate=" + directory.resolve("customer/chain.pem"),
                "--spring.ssl.bundle.pem.customer.keystore.private-key=" + directory.resolve("customer/key.pem"),
                "--sallyport.tier=edge",
                "--sallyport.cache.max-object=4MB",
                "--sallyport.node.role=edge",
                "--sallyport.node.id=edge-1"));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private String[] withFiles(String... more) {
        List<String> arguments = arguments(more);
        for (String name : List.of("key", "chain", "trust")) {
            arguments.add("--sallyport.node." + name + "=" + directory.resolve("node/" + name + ".pem"));
        }
        return arguments.toArray(String[]::new);
    }

    private static String dryRun(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        GateApplication.dryRun(
                new SpringApplication(Application.class),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                arguments);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void itSaysWhatWasUnderstoodAndOpensNothing() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String said = dryRun(withFiles("--server.port=" + taken.getLocalPort()));
            assertThat(said)
                    .containsSubsequence(
                            "edge gate of the installation sallyport",
                            directory.resolve("edge.yaml").toString(),
                            "api: Path=/api/** -> https://r0:9443",
                            "not cached",
                            "site: Host=*.example.org and Path=/** -> regional://main",
                            "mode=SECURE",
                            "regional gates main, in order: https://r0:9443, https://r1:9443",
                            "memory=16",
                            "node: edge-1, role edge",
                            directory.resolve("node/key.pem").toString(),
                            "listener's TLS: bundle customer",
                            "valid until",
                            "the configuration is good");
        }
    }

    @Test
    void itDoesNotEnrol() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "sp1.x");
        assertThat(dryRun(arguments(
                                "--sallyport.pki.url=https://127.0.0.1:1",
                                "--sallyport.pki.token-file=" + token,
                                "--sallyport.node.state=" + directory.resolve("state"))
                        .toArray(String[]::new)))
                .contains("will enrol at https://127.0.0.1:1 with the token in " + token);
        assertThat(directory.resolve("state")).doesNotExist();
    }

    @Test
    void whatAStartWouldRefuseIsRefused(CapturedOutput output) throws Exception {
        refuses(output, "the node has no key material", arguments().toArray(String[]::new));
        Files.delete(directory.resolve("customer/key.pem"));
        refuses(output, "server.ssl.bundle is customer, which cannot be used: there is no file", withFiles());
        writeFiles();
        Path file = directory.resolve("edge.yaml");
        Files.writeString(file, Files.readString(file).replace("[HttpCache]", "[HttpCache, TokenRelay]"));
        refuses(output, "route site cannot be cached: filters has TokenRelay", withFiles());
    }

    private static void refuses(CapturedOutput output, String message, String... arguments) {
        assertThat(catchThrowable(() -> dryRun(arguments))).isNotNull();
        assertThat(output.getAll()).contains(message);
    }
}
