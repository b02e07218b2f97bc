package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sallyport.edge.EdgeApplication;
import io.sallyport.pki.PkiApplication;
import io.sallyport.regional.RegionalApplication;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Typical mistakes in application.yaml, as compose and chart mount it, in the environment and on the command line: each stops
 * the start before anything listens, with key, value and what would be right. Those of routes are in StartMistakesTests, those
 * of the chart's values in WrongValuesTests.
 */
@Tag("full")
@ExtendWith(OutputCaptureExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TypicalMistakesScenarios {
    private static final String RIGHT_GATE = """
            server: {port: 0, address: 127.0.0.1}
            management.server: {port: 0, address: 127.0.0.1}
            sallyport:
              access-log: "off"
              node: {id: %1$s, key: %2$s/key.pem, chain: %2$s/chain.pem, trust: %2$s/trust.pem}
            spring.ssl.bundle.pem.customer.keystore: {certificate: %2$s/chain.pem, private-key: %2$s/key.pem}
            spring.cloud.gateway.server.webflux.routes:
              - {id: site, uri: "http://127.0.0.1:9", predicates: ["Path=/**"], filters: [HttpCache]}
            """;

    private Path directory;
    private Path edge;
    private Path regional;

    @BeforeAll
    void material(@TempDir Path temporary) throws Exception {
        directory = temporary;
        NodeMaterial material = NodeMaterial.make(temporary);
        edge = Objects.requireNonNull(material.node(Node.edge(1)).chain().getParent());
        regional = Objects.requireNonNull(material.node(Node.regional()).chain().getParent());
        Files.writeString(temporary.resolve("short.token"), "secret\n");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            edge     | sallyport.edge.http-port=70000                 | sallyport.edge.http-port | 70000 | -1 to 65535
            edge     | sallyport.edge.https-port=0                    | sallyport.edge.https-port | 0 | 1 to 65535
            edge     | sallyport.edge.htps-port=443                   | sallyport.edge.htps-port | 443 | unbound
            edge     | sallyport.cache.memroy=1GB                     | sallyport.cache.memroy | 1GB | unbound
            edge     | sallyport.cache.memory=lots                    | sallyport.cache.memory | lots | DataSize
            edge     | sallyport.cache.memory=10KB                    | sallyport.cache.memory | 10240B | at least 1MB
            edge     | sallyport.cache.max-object=1TB                 | sallyport.cache.max-object | 1099511627776B | between 0 and
            edge     | sallyport.cache.mode=strict                    | sallyport.cache.mode | strict | SECURE
            edge     | sallyport.access-log=apache                    | sallyport.access-log | apache | COMBINED
            edge     | sallyport.cdn=my cdn                           | sallyport.cdn | my cdn | letters, digits
            edge     | sallyport.fill.window=1KB                      | sallyport.fill.window | 1024B | at least 64KB
            edge     | sallyport.fill.max-waiters=0                   | sallyport.fill.max-waiters | 0 | at least 1
            edge     | sallyport.client.head-timeout=0s               | sallyport.client.head-timeout | PT0S | positive
            edge     | sallyport.client.head-timeout=10 minutes       | sallyport.client.head-timeout | 10 minutes | Duration
            edge     | sallyport.client.minimum-rate=-1KB             | sallyport.client.minimum-rate | -1024B | not be negative
            edge     | sallyport.tls.engine=boringssl                 | sallyport.tls.engine | boringssl | OPENSSL
            edge     | sallyport.tls.handshake-timeout=0s             | sallyport.tls.handshake-timeout | PT0S | positive
            edge     | sallyport.tls.max-handshakes=0                 | sallyport.tls.max-handshakes | 0 | positive
            edge     | sallyport.expiry.warn-at-remaining=33          | warn-at-remaining | 33 | 0 to 1
            edge     | sallyport.node.role=middle                     | sallyport.node.role | middle | EDGE
            edge     | sallyport.node.id=Edge 1                       | node | Edge 1 | a-z
            edge     | sallyport.node.id=edge-2                       | sallyport.node | edge-2 | must hold the name
            edge     | sallyport.node.chain=/no/such/chain.pem        | sallyport.node | /no/such/chain.pem | read
            edge     | sallyport.peers.deny-file=/no/such/deny        | sallyport.peers.deny-file | /no/such/deny | read
            edge     | server.ssl.bundle=custommer                    | server.ssl.bundle | custommer | spring.ssl.bundle
            edge     | server.port=99999                              | server.port | 99999 | 65535
            edge     | server.forward-headers-strategy=native         | server.forward-headers-strategy | native | none
            edge     | sallyport.management.token-file=/no/such/token | sallyport.management.token-file | /no/such/token | openssl rand
            edge     | sallyport.management.token-file={}/short.token | sallyport.management.token-file | short.token | 32 to 1024
            edge     | management.server.address=0.0.0.0              | management.server.address | 0.0.0.0 | token-file
            regional | management.server.address=0.0.0.0              | management.server.address | 0.0.0.0 | token-file
            regional | server.ssl.client-auth=none                    | server.ssl.client-auth | NONE | need
            regional | sallyport.origin.ca=/no/such/ca.pem            | sallyport.origin.ca | /no/such/ca.pem | readable file
            regional | sallyport.origin.caFile=/tmp/ca.pem            | sallyport.origin | /tmp/ca.pem | unbound
            pki      | sallyport.pki.state=/no/such/state             | /no/such/state | /no/such/state | ceremony
            pki      | sallyport.pki.port=70000                       | sallyport.pki.port | 70000 | 65535
            pki      | sallyport.pki.bind=nowhere.invalid             | sallyport.pki.bind | nowhere.invalid | an address
            pki      | sallyport.pki.minimum-lifetime=100h            | minimum-lifetime | 100 | default-lifetime
            pki      | sallyport.pki.server-names=pki.example.org     | sallyport.pki.server-names | pki.example.org | issuing CA
            pki      | sallyport.pki.max-waiters=-1                   | sallyport.pki.max-waiters | -1 | 0
            pki      | sallyport.pki.admn-port=7444                   | sallyport.pki | 7444 | unbound
            pki      | sallyport.pki.public-url=https://pki.example   | sallyport.pki.public-url | https://pki.example | http
            pki      | management.server.address=0.0.0.0              | management.server.address | 0.0.0.0 | token-file
            """)
    void aMistakeStopsTheStart(
            String role, String mistake, String key, String value, String remedy, CapturedOutput output)
            throws Exception {
        Class<?> application = switch (role) {
            case "edge" -> EdgeApplication.class;
            case "regional" -> RegionalApplication.class;
            default -> PkiApplication.class;
        };
        Path settings = Files.writeString(directory.resolve(role + ".yaml"), right(role));
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.config.additional-location=" + settings.toUri(),
                "--spring.main.banner-mode=off",
                "--logging.level.root=ERROR",
                "--spring.autoconfigure.exclude=" + foreign(role),
                "--" + mistake.replace("{}", directory.toString())));
        Throwable failure = catchThrowable(() -> new SpringApplicationBuilder(application)
                .profiles(role)
                .run(arguments.toArray(String[]::new))
                .close());
        assertThat(failure)
                .as("main ends with it, so that the process exits with 1")
                .isNotNull();
        assertThat(output.getAll().toLowerCase(Locale.ROOT))
                .contains("application failed to start")
                .contains(key.toLowerCase(Locale.ROOT), value.toLowerCase(Locale.ROOT), remedy.toLowerCase(Locale.ROOT))
                .doesNotContain("netty started");
    }

    private String right(String role) {
        if (role.equals("pki")) {
            return """
            management.server: {port: 0, address: 127.0.0.1}
            sallyport.pki: {state: %s, port: 0, admin-port: 0, bind: 127.0.0.1}
            """.formatted(directory.resolve("pki"));
        }
        return role.equals("edge")
                ? RIGHT_GATE.formatted("edge-1", edge)
                : RIGHT_GATE.formatted("regional-1", regional);
    }

    /** The automatic configuration of the other modules, which stand on the same class path here. */
    private static String foreign(String role) {
        List<String> packages = role.equals("pki") ? Stack.OF_THE_GATES : Stack.OF_THE_PKI;
        return StreamSupport.stream(
                        ImportCandidates.load(AutoConfiguration.class, TypicalMistakesScenarios.class.getClassLoader())
                                .spliterator(),
                        false)
                .filter(candidate -> packages.stream().anyMatch(one -> candidate.startsWith(one + ".")))
                .collect(Collectors.joining(","));
    }
}
