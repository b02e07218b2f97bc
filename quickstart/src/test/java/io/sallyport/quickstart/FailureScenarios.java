package io.sallyport.quickstart;

import static io.sallyport.quickstart.PairUnderTest.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sallyport.edge.EdgeApplication;
import io.sallyport.regional.RegionalApplication;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The well-known mistakes with two gates and mutual TLS, with the symptoms that docs/failures.md tells of. */
@Tag("full")
@ExtendWith(OutputCaptureExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailureScenarios {
    private static final String ROUTE = "spring.cloud.gateway.server.webflux.routes[0].";

    private final TrialOrigin origin = new TrialOrigin();
    private final HttpClient plain = Clients.plain();
    private PairUnderTest pair;
    private String regional;

    private record Said(int code, String text) {}

    @BeforeAll
    void start(@TempDir Path state) {
        pair = PairUnderTest.start(state, "--origin=http://localhost:" + origin.port());
        regional = pair.endpoints.regional();
    }

    @AfterAll
    void stop() throws IOException {
        pair.close();
        origin.close();
        plain.close();
    }

    private static Said curl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "20"));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Said(process.exitValue(), text);
    }

    /** How many handshakes the regional gate has refused for a reason, or one of several: an expression. */
    private double refused(String reason) throws Exception {
        return Clients.send(plain, request(pair.endpoints.regionalManagement(), "/actuator/prometheus"))
                .body()
                .lines()
                .filter(line -> line.startsWith("sallyport_tls_handshakes_total{")
                        && line.matches(".*reason=\"(" + reason + ")\".*")
                        && line.contains("side=\"server\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private void assertRefused(String reason, double before) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (refused(reason) <= before) {
            assertThat(System.nanoTime()).as("counted as %s", reason).isLessThan(end);
        }
        assertThat(origin.requests("/stranger")).isZero();
    }

    @Test
    void whoSendsNoCertificateIsToldThatOneIsRequired() throws Exception {
        double before = refused("no-certificate");
        // Where curl is still sending its request it may see the connection closed before it reads the alert: (55).
        Said said = curl("--cacert", pair.root().toString(), regional + "/stranger");
        for (int i = 0; i < 10 && said.code() == 55; i++) {
            said = curl("--cacert", pair.root().toString(), regional + "/stranger");
        }
        assertThat(said.code()).as(said.text()).isEqualTo(56);
        assertThat(said.text()).contains("certificate required");
        Said older = curl("--cacert", pair.root().toString(), "--tls-max", "1.2", regional + "/stranger");
        assertThat(older.code()).as(older.text()).isEqualTo(35);
        assertRefused("no-certificate", before + 1);
    }

    @Test
    void whoDoesNotKnowTheRootCannotVerifyTheGate() throws Exception {
        Said said = curl(regional + "/stranger");
        assertThat(said.code()).as(said.text()).isEqualTo(60);
        assertThat(said.text()).contains("SSL certificate problem");
        assertThat(curl(pair.endpoints.edge() + "/stranger").code()).isEqualTo(60);
    }

    @Test
    void anotherNameThanTheCertificatesIsNotAccepted(CapturedOutput output) throws Exception {
        int port = URI.create(regional).getPort();
        Said said = curl(
                "--cacert",
                pair.root().toString(),
                "--resolve",
                "regional.example:" + port + ":127.0.0.1",
                "https://regional.example:" + port + "/stranger");
        assertThat(said.code()).as(said.text()).isEqualTo(60);
        assertThat(said.text()).contains("regional.example");

        try (Member edge = edge(List.of("sallyport.upstream.server-name=regional.example"))) {
            HttpResponse<String> answer = Clients.send(
                    pair.customer, request("https://localhost:" + edge.port(Settings.SERVER_PORT), "/stranger"));
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(String.join(", ", answer.headers().allValues("Cache-Status")))
                    .contains("edge; ", "TLS handshake failed");
        }
        assertThat(output.getAll()).contains("side=client reason=wrong-name");
        assertThat(origin.requests("/stranger")).isZero();
    }

    private Member edge(List<String> more) {
        Credentials own = pair.node("edge-1");
        List<String> settings = new ArrayList<>(List.of(
                "server.port=0",
                "management.server.port=0",
                "sallyport.edge.http-port=-1",
                "sallyport.access-log=off",
                "sallyport.node.id=edge-1",
                "sallyport.node.key=" + own.key(),
                "sallyport.node.chain=" + own.chain(),
                "sallyport.node.trust=" + own.trust(),
                "spring.ssl.bundle.pem.customer.keystore.certificate="
                        + pair.customerCa().resolveSibling("customer/chain.pem"),
                "spring.ssl.bundle.pem.customer.keystore.private-key="
                        + pair.customerCa().resolveSibling("customer/key.pem"),
                ROUTE + "id=site",
                ROUTE + "uri=" + regional,
                ROUTE + "predicates[0]=Path=/**",
                ROUTE + "filters[0]=HttpCache"));
        settings.addAll(more);
        return Member.start(
                new Member.Plan(
                        "edge-1", EdgeApplication.class, "edge", Stack.OF_THE_PKI, Duration.ofMillis(500), settings),
                Arguments.parse().options().ports());
    }

    @Test
    void plainHttpOnTheTlsPortGetsNoAnswer() throws Exception {
        double before = refused("not-tls");
        Said said = curl(regional.replace("https:", "http:") + "/stranger");
        assertThat(said.code()).as(said.text()).isIn(52, 56);
        assertRefused("not-tls", before);
    }

    @Test
    void whoOffersNoCipherOfTheGatesFails() throws Exception {
        double before = refused("cipher|protocol");
        Said said = curl(
                "--cacert",
                pair.root().toString(),
                "--tls-max",
                "1.2",
                "--ciphers",
                "AES128-SHA",
                regional + "/stranger");
        assertThat(said.code()).as(said.text()).isEqualTo(35);
        assertThat(said.text()).contains("handshake failure");
        assertRefused("cipher|protocol", before);
    }

    @Test
    void aRegionalGateThatWouldLetAnybodyInDoesNotStart() {
        for (String setting : List.of("server.ssl.client-auth=none", "server.ssl.client-auth=want")) {
            Credentials own = pair.node("regional-1");
            Member.Plan plan = new Member.Plan(
                    "regional-1",
                    RegionalApplication.class,
                    "regional",
                    Stack.OF_THE_PKI,
                    Duration.ofMillis(500),
                    List.of(
                            "server.port=0",
                            "management.server.port=0",
                            "sallyport.node.id=regional-1",
                            "sallyport.node.key=" + own.key(),
                            "sallyport.node.chain=" + own.chain(),
                            "sallyport.node.trust=" + own.trust(),
                            setting));
            assertThatExceptionOfType(CannotStartException.class)
                    .as(setting)
                    .isThrownBy(
                            () -> Member.start(plan, Arguments.parse().options().ports())
                                    .close())
                    .withMessageContaining(setting.substring(0, setting.indexOf('=')));
        }
    }

    @Test
    void theRegionalGateServesTheOriginOnNoOtherListener() throws Exception {
        String management = pair.endpoints.regionalManagement();
        for (String path : List.of("/stranger", "/console/../stranger", "//stranger")) {
            assertThat(Clients.send(plain, request(management, path)).statusCode())
                    .as(path)
                    .isIn(400, 404);
        }
        assertThat(origin.requests("/stranger")).isZero();
    }
}
