package io.sallyport.quickstart;

import static io.sallyport.quickstart.PairUnderTest.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jars as an operator starts them; they are there once the build has packaged them. */
@Tag("full") // every test starts JVMs; PairScenarios goes the same way in one
class ProcessScenarios {
    private static final String ROUTE = "--spring.cloud.gateway.server.webflux.routes[0].";

    @TempDir
    Path temporary;

    @Test
    void theThreeRunAsProcessesOfTheirOwn() throws Exception {
        Path state = temporary.resolve("pki");
        for (String step : List.of("root", "issuing", "admin", "customer")) {
            try (JarProcess ceremony =
                    JarProcess.start("pki-service", step + ": ", List.of("ceremony", step, "--out=" + state))) {
                assertThat(ceremony.exitCode())
                        .as("%s: %s", step, ceremony.lines())
                        .isZero();
            }
        }
        Ports ports = freePorts();
        String pkiUrl = url(ports, Ports.Listener.PKI);
        try (TrialOrigin origin = new TrialOrigin();
                JarProcess pki = JarProcess.start(
                        "pki-service",
                        "Started PkiApplication",
                        List.of(
                                "--sallyport.pki.state=" + state,
                                "--sallyport.pki.bind=127.0.0.1",
                                "--sallyport.pki.port=" + ports.of(Ports.Listener.PKI),
                                "--sallyport.pki.admin-port=" + ports.of(Ports.Listener.PKI_ADMIN),
                                "--management.server.port=" + ports.of(Ports.Listener.PKI_MANAGEMENT)))) {
            pki.ready();
            try (AdminApi api =
                            new AdminApi(url(ports, Ports.Listener.PKI_ADMIN), Credentials.in(state.resolve("admin")));
                    JarProcess regional = JarProcess.start(
                            "regional-gateway",
                            "Started RegionalApplication",
                            gate(
                                    Node.regional(),
                                    api,
                                    pkiUrl,
                                    "http://localhost:" + origin.port(),
                                    "--server.port=" + ports.of(Ports.Listener.REGIONAL),
                                    "--management.server.port=" + ports.of(Ports.Listener.REGIONAL_MANAGEMENT)));
                    JarProcess edge = JarProcess.start(
                            "edge-gateway",
                            "Started EdgeApplication",
                            gate(
                                    Node.edge(1),
                                    api,
                                    pkiUrl,
                                    url(ports, Ports.Listener.REGIONAL),
                                    "--server.port=" + ports.of(Ports.Listener.EDGE),
                                    "--management.server.port=" + ports.of(Ports.Listener.EDGE_MANAGEMENT),
                                    "--sallyport.edge.http-port=" + ports.of(Ports.Listener.EDGE_HTTP),
                                    "--spring.ssl.bundle.pem.customer.keystore.certificate="
                                            + state.resolve("customer/chain.pem"),
                                    "--spring.ssl.bundle.pem.customer.keystore.private-key="
                                            + state.resolve("customer/key.pem")))) {
                regional.ready();
                edge.ready();
                try (HttpClient customer =
                        Clients.trusting(state.resolve("customer/customer-ca.pem"), HttpClient.Version.HTTP_2)) {
                    for (String outcome : List.of("edge; fwd=uri-miss", "edge; hit")) {
                        HttpResponse<String> response =
                                Clients.send(customer, request(url(ports, Ports.Listener.EDGE), "/page"));
                        assertThat(response.body()).isEqualTo("page 1");
                        assertThat(String.join(", ", response.headers().allValues("Cache-Status")))
                                .contains("regional; fwd=uri-miss", outcome);
                    }
                }
                assertThat(edge.endsWithin(5)).as("edge: %s", edge.lines()).isTrue();
                assertThat(edge.lines())
                        .as("the access log is on where the quickstart does not switch it off")
                        .anyMatch(line -> line.startsWith("{") && line.contains("/page"));
                assertThat(regional.endsWithin(5))
                        .as("regional: %s", regional.lines())
                        .isTrue();
                assertThat(pki.endsWithin(5)).as("pki: %s", pki.lines()).isTrue();
            }
        }
    }

    @Test
    void theQuickstartStartsAndEndsAsOneProcess() throws Exception {
        Path state = temporary.resolve("state");
        List<String> arguments = new ArrayList<>(List.of("--state=" + state));
        for (Ports.Listener listener : Ports.Listener.values()) {
            arguments.add(listener.option() + "=0");
        }
        try (JarProcess quickstart = JarProcess.start("quickstart", "Sallyport is ready after", arguments)) {
            quickstart.ready();
            assertThat(state.resolve("endpoints.json")).content().contains("\"edges\"", "\"pkiManagement\"");
            try (JarProcess second = JarProcess.start("quickstart", "is in use", arguments)) {
                assertThat(second.exitCode()).isOne();
                assertThat(second.lines())
                        .singleElement()
                        .asString()
                        .startsWith("quickstart: --state " + state + " is in use");
            }
            assertThat(quickstart.endsWithin(5)).isTrue();
            assertThat(quickstart.lines()).noneMatch(line -> line.contains("WARN") || line.contains("ERROR"));
        }
    }

    @Test
    void whatCannotStartSaysWhyInOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file = Files.writeString(temporary.resolve("file"), "");
            for (Map.Entry<String, Integer> wrong : Map.of(
                            "--pki.port=" + taken.getLocalPort(),
                            1,
                            "--state=" + file,
                            1,
                            "--state=" + file.resolve("below"),
                            1,
                            "--origin=ftp://localhost",
                            2,
                            "--origin=http://localhost/path",
                            2,
                            "--nonsense",
                            2)
                    .entrySet()) {
                List<String> arguments = wrong.getKey().startsWith("--state")
                        ? List.of(wrong.getKey())
                        : List.of("--state=" + temporary.resolve("unused"), wrong.getKey());
                try (JarProcess quickstart = JarProcess.start("quickstart", "quickstart: ", arguments)) {
                    assertThat(quickstart.exitCode()).as(wrong.getKey()).isEqualTo(wrong.getValue());
                    assertThat(quickstart.lines())
                            .as(wrong.getKey())
                            .singleElement()
                            .asString()
                            .startsWith("quickstart: ");
                }
            }
        }
    }

    private List<String> gate(Node node, AdminApi api, String pkiUrl, String upstream, String... own)
            throws IOException {
        Path token = Files.writeString(temporary.resolve(node.id() + ".token"), api.enrolmentToken(node));
        List<String> settings = new ArrayList<>(List.of(
                "--server.address=127.0.0.1",
                "--sallyport.drain.delay=0s",
                "--sallyport.pki.url=" + pkiUrl,
                "--sallyport.pki.token-file=" + token,
                "--sallyport.node.id=" + node.id(),
                "--sallyport.node.state=" + temporary.resolve(node.id()),
                ROUTE + "id=everything",
                ROUTE + "uri=" + upstream,
                ROUTE + "predicates[0]=Path=/**",
                ROUTE + "filters[0]=HttpCache"));
        settings.addAll(Arrays.asList(own));
        return settings;
    }

    private static String url(Ports ports, Ports.Listener listener) {
        return "https://localhost:" + ports.of(listener);
    }

    /** Each process has to be told the others' ports, so all are chosen now. */
    static Ports freePorts() {
        Map<Ports.Listener, Integer> chosen = new EnumMap<>(Ports.Listener.class);
        for (Ports.Listener listener : Ports.Listener.values()) {
            chosen.put(listener, FreePort.next());
        }
        return new Ports(chosen);
    }
}
