package io.sallyport.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.Pem;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A node comes with a token and leaves with a certificate. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnrollmentScenarios {
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

    @Test
    void anEdgeEnrolsWithATokenAndTheInventoryKnowsIt() throws Exception {
        Csr csr = Csr.of("CN=edge-1");
        String token = service.token("edge-1", "edge", "");
        assertThat(token)
                .matches("sp1\\.[A-Za-z0-9_-]{43}\\.[0-9a-f]{64}")
                .endsWith(Der.sha256(Pem.encoded(service.roots().getFirst())));
        try (Client client = service.anonymous();
                Client admin = service.adminClient()) {
            var answer = service.enroll(client, token, csr);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/pem-certificate-chain");
            var chain = Pem.certificates(answer.body());
            assertThat(chain).hasSize(2);
            String serial = chain.getFirst().getSerialNumber().toString(16);
            assertThat(answer.headers().firstValue("Location")).contains("/api/v1/certificates/" + serial);
            assertThat(chain.getFirst().getSubjectAlternativeNames())
                    .extracting(name -> (Object) name.get(1))
                    .containsExactly("spiffe://sallyport.internal/edge/edge-1");

            var shown = Service.json(admin.get(service.admin("/certificates/" + serial)));
            assertThat(shown.get("status").asString()).isEqualTo("issued");
            assertThat(shown.get("nodeId").asString()).isEqualTo("edge-1");
            assertThat(Pem.certificates(shown.get("pem").asString())).containsExactly(chain.getFirst());
        }
    }

    @Test
    void derAndJsonAndPlainTextAreReadAsWell() throws Exception {
        try (Client client = service.anonymous()) {
            Csr der = Csr.of("CN=edge-der");
            var first = client.send(HttpRequest.newBuilder(service.node("/enrollments"))
                    .header("Authorization", "bearer " + service.token("edge-der", "edge", ""))
                    .header("Content-Type", "application/pkcs10")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(der.der())));
            assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
            Csr json = Csr.of("CN=edge-json");
            var second = client.send(HttpRequest.newBuilder(service.node("/enrollments"))
                    .header("Authorization", "Bearer " + service.token("edge-json", "edge", ""))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            Service.JSON.writeValueAsString(Map.of("csr", json.pem())))));
            assertThat(second.statusCode()).as(second.body()).isEqualTo(201);
        }
    }
}
