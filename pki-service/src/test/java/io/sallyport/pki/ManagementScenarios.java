package io.sallyport.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.pki.authority.Ledger;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ledger.CertificateRecord.Issuance;
import io.sallyport.pki.ledger.Certificates;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may use the management port, what its console knows, and what the console of the admins' listener may. */
@Tag("full") // it starts services of its own
class ManagementScenarios {
    private static final String TOKEN = "Bearer 0123456789abcdef0123456789abcdef";

    private static final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    static Path state;

    private static Service service;
    private static Client admin;

    @BeforeAll
    static void start() throws Exception {
        Service.ceremony(state);
        Path token = Files.writeString(state.resolve("management.token"), TOKEN.substring(7) + "\n");
        service = Service.start(state, "--sallyport.management.token-file=" + token);
        admin = service.adminClient();
        String serial = service.enrolled("edge-1", "edge").serial();
        service.enrolled("edge-2", "edge");
        Certificates certificates = service.bean(Ledger.class).certificates();
        Issuance known = certificates
                .find(SerialNumber.parse(serial).orElseThrow())
                .orElseThrow()
                .issuance();
        for (int i = 0; i < 30; i++) {
            certificates.open(another(known));
        }
    }

    private static Issuance another(Issuance known) {
        return new Issuance(
                SerialNumber.random(new SecureRandom()),
                known.issuerId(),
                known.nodeId(),
                known.role(),
                known.profileVersion(),
                known.spkiSha256(),
                null,
                known.toBeSigned(),
                known.names(),
                known.validity(),
                known.recordedAt(),
                null);
    }

    @AfterAll
    static void stop() {
        admin.close();
        service.close();
        http.close();
    }

    private static HttpResponse<String> manage(String path, String... fields) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.managementPort() + path));
        if (fields.length > 0) {
            request.headers(fields);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI onAdminPort(String path) {
        return URI.create("https://localhost:" + service.bean(PkiPorts.class).admin() + path);
    }

    @Test
    void withoutTheTokenThereAreProbesOnly() throws Exception {
        for (String path : new String[] {
            "/",
            "/console/",
            "/console/inventory",
            "/console/overview",
            "/actuator/prometheus",
            "/actuator/health",
            "/openapi.json"
        }) {
            assertThat(manage(path).statusCode()).as(path).isEqualTo(401);
            assertThat(manage(path, "Authorization", TOKEN + "0").statusCode())
                    .as(path)
                    .isEqualTo(401);
        }
        assertThat(manage("/actuator/health/readiness").body()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(manage("/actuator/health/readiness", "Authorization", TOKEN).body())
                .contains("signer");
        assertThat(manage("/actuator/health/liveness").statusCode()).isEqualTo(200);
    }

    @Test
    void theInventoryIsSearchedAndPaged() throws Exception {
        var first = Service.json(manage("/console/inventory", "Authorization", TOKEN));
        assertThat(first.get("items").size()).isEqualTo(25);
        var second = Service.json(
                manage("/console/inventory?before=" + first.get("before").asString(), "Authorization", TOKEN));
        assertThat(second.get("items").size()).isPositive();
        assertThat(second.get("items").get(0).get("serial"))
                .isNotEqualTo(first.get("items").get(24).get("serial"));
        assertThat(found("DGE-2")).containsExactly("edge-2");
        assertThat(found("edge_")).as("_ is no joker").isEmpty();
        assertThat(found("%25")).as("neither is %").isEmpty();
        String serial = first.get("items").get(3).get("serial").asString();
        assertThat(found(serial.substring(0, 12))).hasSize(1);
        for (String wrong : new String[] {"status=lost", "before=x", "search=" + "a".repeat(65)}) {
            assertThat(manage("/console/inventory?" + wrong, "Authorization", TOKEN)
                            .statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
    }

    private static List<String> found(String search) throws Exception {
        var items = Service.json(manage("/console/inventory?search=" + search, "Authorization", TOKEN))
                .get("items");
        return items.valueStream().map(item -> item.get("nodeId").asString()).toList();
    }

    @Test
    void theConsoleThatActsIsForAdminsOnly() throws Exception {
        assertThat(admin.get(onAdminPort("/console/")).body()).contains("src=\"admin.js\"");
        assertThat(admin.get(onAdminPort("/console/inventory")).statusCode()).isEqualTo(200);
        assertThat(manage("/console/", "Authorization", TOKEN).body()).contains("src=\"pki.js\"");
        assertThat(manage("/console/admin.js", "Authorization", TOKEN).statusCode())
                .isEqualTo(404);
        try (Client anybody = service.anonymous()) {
            for (String path : new String[] {"/console/", "/console/admin.js", "/console/inventory", "/"}) {
                assertThat(anybody.get(URI.create("https://localhost:"
                                        + service.bean(PkiPorts.class).node() + path))
                                .statusCode())
                        .as(path)
                        .isEqualTo(404);
            }
        }
    }

    @Test
    void noPageOfAnotherOriginActsWithAnAdminsCertificate() throws Exception {
        URI tokens = onAdminPort("/api/v1/enrollment-tokens");
        String own = "https://localhost:" + tokens.getPort();
        for (String[] field : new String[][] {
            {"Origin", "https://evil.example"},
            {"Origin", "null"},
            {"Sec-Fetch-Site", "cross-site"},
            {"Sec-Fetch-Site", "same-site"}
        }) {
            assertThat(post(tokens, field).statusCode())
                    .as(String.join(" ", field))
                    .isEqualTo(403);
        }
        assertThat(post(tokens, "Origin", own, "Sec-Fetch-Site", "same-origin").statusCode())
                .isEqualTo(201);
        assertThat(post(tokens, "Accept", "*/*").statusCode()).isEqualTo(201);
    }

    private static HttpResponse<String> post(URI uri, String... fields) throws Exception {
        return admin.send(HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .headers(fields)
                .POST(HttpRequest.BodyPublishers.ofString("{\"nodeId\":\"edge-9\",\"role\":\"edge\"}")));
    }

    @Test
    void aPortThatIsOpenToAllStopsTheStart(@TempDir Path other) {
        Service.ceremony(other);
        assertThatThrownBy(() -> Service.start(other, "--management.server.address=0.0.0.0")
                        .close())
                .rootCause()
                .hasMessageContaining("management.server.address is 0.0.0.0")
                .isInstanceOfSatisfying(
                        StartFailureException.class,
                        failure -> assertThat(failure.action()).contains("sallyport.management.token-file"));
    }
}
