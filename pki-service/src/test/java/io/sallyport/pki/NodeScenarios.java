package io.sallyport.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.pki.ca.Pem;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What nodes report, what admins see of them, and who gets no certificates. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeScenarios {
    private static final String ISSUER = "a".repeat(40);

    private Service service;

    @BeforeAll
    void start(@TempDir Path state) {
        Service.ceremony(state);
        service = Service.start(state);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private String report(String serial) {
        return "{\"serial\":\"" + serial + "\",\"notAfter\":\"2027-01-01T00:00:00Z\",\"trustBundleSequence\":7,"
                + "\"crlNumbers\":{\"" + ISSUER + "\":12},\"version\":\"0.1.0\"}";
    }

    @Test
    void theLastReportIsKept() throws Exception {
        var edge = service.enrolled("edge-n1", "edge");
        try (Client node = service.client(edge);
                Client admin = service.adminClient()) {
            var uri = service.node("/nodes/self/status");
            assertThat(node.put(uri, "").statusCode()).isEqualTo(204);
            assertThat(node.put(uri, "{}").statusCode()).isEqualTo(204);
            assertThat(Service.json(admin.get(service.admin("/nodes/edge-n1"))).has("report"))
                    .isFalse();
            assertThat(node.put(uri, "{\"serial\":\"" + edge.serial() + "\"}").statusCode())
                    .isEqualTo(204);
            assertThat(node.put(uri, report(edge.serial())).statusCode()).isEqualTo(204);
            var shown = Service.json(admin.get(service.admin("/nodes/edge-n1")));
            assertThat(shown.get("status").asString()).isEqualTo("active");
            assertThat(shown.get("certificates").get(0).get("serial").asString())
                    .isEqualTo(edge.serial());
            var report = shown.get("report");
            assertThat(report.get("serial").asString()).isEqualTo(edge.serial());
            assertThat(report.get("trustBundleSequence").asLong()).isEqualTo(7);
            assertThat(report.get("crlNumbers").get(ISSUER).asLong()).isEqualTo(12);
            assertThat(report.get("version").asString()).isEqualTo("0.1.0");
            assertThat(report.get("notAfter").asString()).isEqualTo("2027-01-01T00:00:00Z");
        }
    }

    @Test
    void aReportThatIsNoneIsRefusedByName() throws Exception {
        var edge = service.enrolled("edge-n2", "edge");
        var other = service.enrolled("edge-n3", "edge");
        try (Client node = service.client(edge)) {
            Map<String, String> wrong = Map.of(
                    "{\"version\":\"1\"}",
                    "serial",
                    "null",
                    "JSON",
                    "{\"serial\":\"12\"}",
                    "serial",
                    "{\"serial\":\"" + edge.serial() + "\",\"more\":1}",
                    "more",
                    "{\"serial\":\"" + edge.serial() + "\",\"trustBundleSequence\":-1}",
                    "trustBundleSequence",
                    "{\"serial\":\"" + edge.serial() + "\",\"crlNumbers\":{\"x\":1}}",
                    "crlNumbers",
                    "{\"serial\":\"" + edge.serial() + "\",\"version\":\"" + "v".repeat(65) + "\"}",
                    "version",
                    "{\"serial\"",
                    "JSON");
            for (var one : wrong.entrySet()) {
                var answer = node.put(service.node("/nodes/self/status"), one.getKey());
                assertThat(answer.statusCode()).as(one.getKey()).isEqualTo(400);
                assertThat(Service.json(answer).get("detail").asString()).contains(one.getValue());
            }
            var stranger = node.put(service.node("/nodes/self/status"), report(other.serial()));
            assertThat(stranger.statusCode()).isEqualTo(422);
            assertThat(stranger.body()).contains("serial-not-own");
        }
    }

    @Test
    void aReportOfTheSuccessorSupersedesItsPredecessorWhateverCertificateItCameWith() throws Exception {
        var edge = service.enrolled("edge-n4", "edge");
        try (Client node = service.client(edge);
                Client admin = service.adminClient()) {
            var renewed = Pem.certificates(node.post(
                            service.node("/renewals"),
                            "text/plain",
                            Csr.of("CN=edge-n4").pem())
                    .body());
            String serial = renewed.getFirst().getSerialNumber().toString(16);
            var before = service.admin("/certificates/" + edge.serial());
            assertThat(Service.json(admin.get(before)).get("status").asString()).isEqualTo("issued");
            assertThat(node.put(service.node("/nodes/self/status"), report(serial))
                            .statusCode())
                    .isEqualTo(204);
            assertThat(Service.json(admin.get(before)).get("status").asString()).isEqualTo("superseded");
        }
    }

    private HttpResponse<String> renewal(Service.Enrolled node, String id) throws Exception {
        try (Client client = service.client(node)) {
            return client.post(
                    service.node("/renewals"), "text/plain", Csr.of("CN=" + id).pem());
        }
    }

    private HttpResponse<String> change(String id, String what) throws Exception {
        try (Client admin = service.adminClient()) {
            return admin.post(service.admin("/nodes/" + id + "/" + what), "application/json", "");
        }
    }

    @Test
    void aSuspendedNodeGetsNothingUntilItIsResumed() throws Exception {
        var edge = service.enrolled("edge-n5", "edge");
        String token = service.token("edge-n5", "edge", "");
        assertThat(Service.json(change("edge-n5", "suspend")).get("status").asString())
                .isEqualTo("suspended");
        assertThat(renewal(edge, "edge-n5").statusCode()).isEqualTo(403);
        assertThat(renewal(edge, "edge-n5").body()).contains("node-suspended");
        try (Client client = service.anonymous();
                Client node = service.client(edge);
                Client admin = service.adminClient()) {
            assertThat(service.enroll(client, token, Csr.of("CN=edge-n5")).statusCode())
                    .isEqualTo(401);
            assertThat(node.put(service.node("/nodes/self/status"), "").statusCode())
                    .as("what it has goes on to count")
                    .isEqualTo(204);
            String wish = "{\"nodeId\":\"edge-n5\",\"role\":\"edge\"}";
            assertThat(admin.post(service.admin("/enrollment-tokens"), "application/json", wish)
                            .statusCode())
                    .isEqualTo(403);
            assertThat(Service.json(change("edge-n5", "resume")).get("status").asString())
                    .isEqualTo("active");
            assertThat(renewal(edge, "edge-n5").statusCode()).isEqualTo(201);
            assertThat(service.enroll(client, token, Csr.of("CN=edge-n5")).statusCode())
                    .isEqualTo(201);
        }
    }

    @Test
    void aDecommissionedNodeIsRevokedAsAWholeAndNeverComesBack() throws Exception {
        var edge = service.enrolled("edge-n6", "edge");
        assertThat(renewal(edge, "edge-n6").statusCode()).isEqualTo(201);
        var gone = Service.json(change("edge-n6", "decommission"));
        assertThat(gone.get("status").asString()).isEqualTo("decommissioned");
        assertThat(gone.get("certificates")).hasSize(2).allSatisfy(one -> {
            assertThat(one.get("status").asString()).isEqualTo("revoked");
            assertThat(one.get("reason").asString()).isEqualTo("cessationOfOperation");
        });
        assertThat(change("edge-n6", "resume").statusCode()).isEqualTo(409);
        assertThat(change("edge-n6", "decommission").statusCode()).isEqualTo(200);
        try (Client admin = service.adminClient()) {
            String wish = "{\"nodeId\":\"edge-n6\",\"role\":\"edge\"}";
            var refused = admin.post(service.admin("/enrollment-tokens"), "application/json", wish);
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains("node-decommissioned");
        }
        assertThat(change("pki", "suspend").statusCode()).isEqualTo(403);
        assertThat(change("nobody", "suspend").statusCode()).isEqualTo(404);
    }

    @Test
    void allNodesAreListedInPages() throws Exception {
        for (int i = 0; i < 3; i++) {
            service.token("edge-page" + i, "edge", "");
        }
        try (Client admin = service.adminClient()) {
            StringBuilder ids = new StringBuilder();
            String cursor = "";
            do {
                var page = Service.json(admin.get(service.admin("/nodes?limit=2" + cursor)));
                page.get("items")
                        .forEach(node ->
                                ids.append(node.get("nodeId").asString()).append(' '));
                cursor = page.get("next").isNull()
                        ? ""
                        : "&cursor=" + page.get("next").asString();
            } while (!cursor.isEmpty());
            assertThat(ids.toString()).contains("edge-page0 edge-page1 edge-page2 ");
            assertThat(admin.get(service.admin("/nodes?limit=0")).statusCode()).isEqualTo(400);
            assertThat(admin.get(service.admin("/nodes/nobody")).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aProfileIsEvaluatedWithoutIssuing() throws Exception {
        try (Client admin = service.adminClient()) {
            Csr csr = Csr.of("CN=regional-n9", "localhost");
            String wish = Service.JSON.writeValueAsString(Map.of("nodeId", "regional-n9", "csr", csr.pem()));
            var verdict =
                    Service.json(admin.post(service.admin("/profiles/regional:evaluate"), "application/json", wish));
            assertThat(verdict.get("permitted").asBoolean()).isTrue();
            assertThat(verdict.get("subjectAltNames").toString())
                    .contains("DNS:localhost", "spiffe://sallyport.internal/regional/regional-n9");
            String outside = Service.JSON.writeValueAsString(Map.of(
                    "nodeId",
                    "regional-n9",
                    "csr",
                    Csr.of("CN=regional-n9", "example.com").pem()));
            var refused =
                    Service.json(admin.post(service.admin("/profiles/regional:evaluate"), "application/json", outside));
            assertThat(refused.get("permitted").asBoolean()).isFalse();
            assertThat(refused.get("cause").asString()).isEqualTo("name-not-permitted");
            assertThat(admin.post(service.admin("/profiles/none:evaluate"), "application/json", wish)
                            .statusCode())
                    .isEqualTo(404);
            assertThat(admin.get(service.admin("/nodes/regional-n9")).statusCode())
                    .isEqualTo(404);
        }
    }
}
