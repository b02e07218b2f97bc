package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The runbooks about nodes, run as they are written against the quickstart; the last one cuts a node off. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("full")
class RunbookScenarios {
    private final TrialOrigin origin = new TrialOrigin();
    private PairUnderTest pair;

    @BeforeAll
    void start(@TempDir Path state) {
        pair = PairUnderTest.start(
                state, "--edges=2", "--access-log=off", "--origin=http://localhost:" + origin.port());
    }

    @AfterAll
    void stop() throws Exception {
        pair.close();
        origin.close();
    }

    @Test
    @Order(1)
    void aNodeRenewsWhenItIsTold() throws Exception {
        assertThat(pair.get("/before").statusCode()).isEqualTo(200);
        assertThat(run("rotate-node", Map.of("MANAGEMENT", pair.endpoints.edgeManagement())))
                .containsPattern("shows [0-9a-f]{40}")
                .contains("true", "\"problems\": {}");
        assertThat(pair.get("/after").statusCode()).isEqualTo(200);
    }

    @Test
    @Order(2)
    void whatTheOthersAskForIsThere() throws Exception {
        Map<String, String> settings = Map.of(
                "MANAGEMENT", pair.endpoints.regionalManagement(),
                "PKI", pair.endpoints.pki(),
                "TRUST", pair.root().toString());
        assertThat(run("pki-down", settings)).contains("\"notAfter\":", "\"lists\": [", "UP");
        assertThat(run("crl-outdated", settings)).contains("\"nextUpdate\":", "crlNumber=", "nextUpdate=");
        assertThat(run("clock-wrong", settings)).contains("\"notBefore\":", "UTC");
    }

    @Test
    @Order(3)
    void aNodeIsCutOff() throws Exception {
        assertThat(Clients.send(
                                pair.customer,
                                PairUnderTest.request(pair.endpoints.edges().get(1), "/second"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(run(
                        "revoke-node",
                        Map.of(
                                "NODE", "edge-2",
                                "ADMIN",
                                        pair.root()
                                                .resolveSibling(".")
                                                .normalize()
                                                .toString(),
                                "PKI_ADMIN", pair.endpoints.pkiAdmin(),
                                "PEER", pair.endpoints.regionalManagement())))
                .contains("edge-2 has no connection any more");
        assertThat(pair.get("/first").statusCode()).isEqualTo(200);
    }

    /** All code blocks of a runbook in one shell. */
    private static String run(String name, Map<String, String> settings) throws Exception {
        StringBuilder commands = new StringBuilder();
        Matcher block = Pattern.compile("(?ms)^```sh\n(.*?)^```$")
                .matcher(Files.readString(Path.of("../docs/runbooks", name + ".md")));
        while (block.find()) {
            commands.append(block.group(1));
        }
        ProcessBuilder builder =
                new ProcessBuilder(List.of("bash", "-euc", commands.toString())).redirectErrorStream(true);
        builder.environment().putAll(settings);
        Process shell = builder.start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(shell.exitValue()).as(said).isZero();
        return said;
    }
}
