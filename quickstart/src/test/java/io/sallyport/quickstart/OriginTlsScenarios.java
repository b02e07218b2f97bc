package io.sallyport.quickstart;

import static io.sallyport.quickstart.PairUnderTest.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.pki.ca.ceremony.Ceremony;
import io.sallyport.regional.RegionalApplication;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A regional gate with the node's files of an earlier enrolment, in front of HTTPS origins of all kinds. */
@ExtendWith(OutputCaptureExtension.class)
@Tag("full")
class OriginTlsScenarios {
    private static final String ROUTES = "spring.cloud.gateway.server.webflux.routes";

    @TempDir
    Path temporary;

    private NodeMaterial material;
    private TrialOrigin known;
    private TrialOrigin unknown;

    @BeforeEach
    void start() throws IOException {
        material = NodeMaterial.make(temporary);
        known = new TrialOrigin(customer("known"));
        unknown = new TrialOrigin(customer("unknown"));
    }

    @AfterEach
    void stop() {
        known.close();
        unknown.close();
    }

    @Test
    void anOriginProvesChainAndNameUnlessTheRouteSaysOtherwise(CapturedOutput output) throws Exception {
        Credentials own = material.node(Node.regional());
        List<String> settings = new ArrayList<>(List.of(
                "server.port=0",
                "management.server.port=0",
                "sallyport.access-log=off",
                "sallyport.node.id=regional-1",
                "sallyport.node.key=" + own.key(),
                "sallyport.node.chain=" + own.chain(),
                "sallyport.node.trust=" + own.trust(),
                "sallyport.origin.ca=" + temporary.resolve("known/customer/customer-ca.pem")));
        route(settings, 0, "right", "https://localhost:" + known.port());
        route(settings, 1, "wrong-name", "https://127.0.0.2:" + known.port());
        route(settings, 2, "wrong-ca", "https://localhost:" + unknown.port());
        route(settings, 3, "unverified", "https://127.0.0.2:" + unknown.port());
        settings.add(ROUTES + "[3].metadata.tls-verify=false");
        Member.Plan plan = new Member.Plan(
                "regional-1",
                RegionalApplication.class,
                "regional",
                Stack.OF_THE_PKI,
                Duration.ofMillis(500),
                settings);
        try (Member regional = Member.start(plan, Arguments.parse().options().ports());
                HttpClient edge = Clients.showing(material.node(Node.edge(1)), material.root(), "TLSv1.3")) {
            String base = "https://localhost:" + regional.port(Settings.SERVER_PORT);
            assertThat(Clients.send(edge, request(base, "/right")).body()).isEqualTo("page 1");
            assertThat(Clients.send(edge, request(base, "/unverified")).body()).isEqualTo("page 1");
            assertThat(output.getAll().lines().filter(line -> line.contains("event=origin-not-verified")))
                    .singleElement()
                    .asString()
                    .contains("WARN", "route=unverified", "uri=https://127.0.0.2:" + unknown.port());
            for (String wrong : List.of("wrong-name", "wrong-ca")) {
                HttpResponse<String> refused = Clients.send(edge, request(base, "/" + wrong));
                assertThat(refused.statusCode()).as(wrong).isEqualTo(502);
                assertThat(refused.headers().firstValue("Cache-Status"))
                        .hasValueSatisfying(status -> assertThat(status).startsWith("regional; "));
            }
            assertThat(output.getAll().lines().filter(line -> line.contains("event=handshake-failed side=client")))
                    .hasSize(2)
                    .anySatisfy(line ->
                            assertThat(line).contains("peer=127.0.0.2/127.0.0.2:" + known.port(), "reason=wrong-name"))
                    .anySatisfy(line -> assertThat(line)
                            .contains("peer=localhost/127.0.0.1:" + unknown.port(), "reason=unknown-issuer"));
            assertThat(output.getAll()).doesNotContain("\tat ");
        }
        assertThat(known.requests("/wrong-name") + unknown.requests("/wrong-ca"))
                .isZero();
    }

    private static void route(List<String> settings, int number, String id, String origin) {
        String route = ROUTES + "[" + number + "].";
        settings.add(route + "id=" + id);
        settings.add(route + "uri=" + origin);
        settings.add(route + "predicates[0]=Path=/" + id);
        settings.add(route + "filters[0]=HttpCache");
    }

    private Credentials customer(String ca) throws IOException {
        Path directory = Files.createDirectory(temporary.resolve(ca));
        Ceremony.in(directory).customer(List.of());
        return Credentials.in(directory.resolve("customer"));
    }
}
