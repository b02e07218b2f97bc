package io.sallyport.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.pki.authority.Ledger;
import io.sallyport.pki.authority.RevocationListPublisher;
import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ledger.CertificateRecord;
import io.sallyport.pki.ledger.CertificateStatus;
import io.sallyport.pki.listener.ServerIdentity;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start finds and mends, what stops it, and what the management port says. */
@Tag("full")
class RestartScenarios {
    @Test
    void whatWasPendingIsSuspectAndOnTheListAfterAStart(@TempDir Path state) throws Exception {
        Service.ceremony(state);
        SerialNumber serial = SerialNumber.random(new SecureRandom());
        String issued;
        long number;
        try (Service service = Service.start(state)) {
            issued = service.enrolled("edge-1", "edge").serial();
            Ledger ledger = service.bean(Ledger.class);
            var known = ledger.certificates()
                    .find(SerialNumber.parse(issued).orElseThrow())
                    .orElseThrow()
                    .issuance();
            ledger.certificates()
                    .open(new CertificateRecord.Issuance(
                            serial,
                            known.issuerId(),
                            "edge-1",
                            known.role(),
                            1,
                            known.spkiSha256(),
                            null,
                            known.toBeSigned(),
                            known.names(),
                            known.validity(),
                            known.recordedAt(),
                            null));
            number = service.bean(RevocationListPublisher.class)
                    .current()
                    .orElseThrow()
                    .contents()
                    .number();
        }
        try (Service service = Service.start(state)) {
            Ledger ledger = service.bean(Ledger.class);
            assertThat(ledger.certificates().find(serial).orElseThrow().status())
                    .isEqualTo(CertificateStatus.SUSPECT);
            var list = service.bean(RevocationListPublisher.class).current().orElseThrow();
            assertThat(list.serials()).containsExactly(serial);
            assertThat(list.contents().number()).isGreaterThan(number);
            assertThat(ledger.certificates().complete(serial, Der.of(new byte[] {1})))
                    .isFalse();
            assertThat(ledger.certificates()
                            .find(SerialNumber.parse(issued).orElseThrow())
                            .orElseThrow()
                            .status())
                    .isEqualTo(CertificateStatus.ISSUED);
        }
    }

    @Test
    void aRestoredDatabaseDoesNotBringARevokedCertificateBack(@TempDir Path state) throws Exception {
        Service.ceremony(state);
        Path database = state.resolve("ledger.mv.db");
        Path backup = state.resolve("backup");
        Service.Enrolled edge;
        try (Service service = Service.start(state)) {
            edge = service.enrolled("edge-1", "edge");
        }
        Files.copy(database, backup);
        long number;
        try (Service service = Service.start(state);
                Client admin = service.adminClient()) {
            admin.put(service.admin("/certificates/" + edge.serial() + "/revocation"), "{}");
            number = service.bean(RevocationListPublisher.class)
                    .publish()
                    .contents()
                    .number();
        }
        Files.delete(database);
        Files.copy(backup, database);
        try (Service service = Service.start(state);
                Client admin = service.adminClient()) {
            var shown = Service.json(admin.get(service.admin("/certificates/" + edge.serial())));
            assertThat(shown.get("status").asString()).isEqualTo("revoked");
            assertThat(service.bean(RevocationListPublisher.class)
                            .current()
                            .orElseThrow()
                            .contents()
                            .number())
                    .isGreaterThan(number);
        }
    }

    @Test
    void theServiceRenewsItsOwnCertificateWithoutARestart(@TempDir Path state) throws Exception {
        Service.ceremony(state);
        try (Service service = Service.start(state, "default-lifetime=3s")) {
            ServerIdentity identity = service.bean(ServerIdentity.class);
            X509Certificate first = identity.certificate();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (identity.certificate().equals(first) && System.nanoTime() < deadline) {
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(identity.certificate()).isNotEqualTo(first);
            try (Client client = service.anonymous()) {
                assertThat(client.get(service.node("/pki/issuers")).statusCode())
                        .isEqualTo(200);
            }
            try (Client admin = service.adminClient()) {
                var list = Service.json(admin.get(service.admin("/certificates?nodeId=pki&limit=1")));
                assertThat(list.get("next").isNull()).isFalse();
                var rest = Service.json(admin.get(service.admin(
                        "/certificates?nodeId=pki&cursor=" + list.get("next").asString())));
                assertThat(rest.get("items").size()).isPositive();
                assertThat(rest.get("items").get(0).get("serial"))
                        .isNotEqualTo(list.get("items").get(0).get("serial"));
            }
        }
    }

    @Test
    void managementTellsHealthAndNumbers(@TempDir Path state) throws Exception {
        Service.ceremony(state);
        try (Service service = Service.start(state);
                HttpClient http = HttpClient.newHttpClient()) {
            service.enrolled("edge-1", "edge");
            String base = "http://127.0.0.1:" + service.managementPort() + "/actuator/";
            var readiness = http.send(
                    HttpRequest.newBuilder(URI.create(base + "health/readiness"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(readiness.statusCode()).as(readiness.body()).isEqualTo(200);
            assertThat(readiness.body()).contains("signer", "crl", "db");
            assertThat(http.send(
                                    HttpRequest.newBuilder(URI.create(base + "health/liveness"))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            String numbers = http.send(
                            HttpRequest.newBuilder(URI.create(base + "prometheus"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            assertThat(numbers)
                    .contains(
                            "sallyport_pki_issued_total{role=\"edge\"} 1.0",
                            "sallyport_pki_crl_number",
                            "sallyport_pki_crl_age_seconds",
                            "sallyport_pki_signer{issuer=",
                            "sallyport_pki_issuer_active{issuer=",
                            "sallyport_pki_issuer_expiry_seconds",
                            "sallyport_pki_waiters 0.0",
                            "sallyport_pki_trust_bundle_sequence",
                            "sallyport_pki_certificates{status=\"issued\"}");
        }
    }

    @Test
    void aWrongSetUpIsToldInOneSentence(@TempDir Path state) throws Exception {
        assertThatThrownBy(() -> Service.start(state.resolve("empty")).close())
                .rootCause()
                .hasMessageContaining("chain.pem");
        Path file = Files.writeString(state.resolve("file"), "x");
        assertThatThrownBy(() -> Service.start(file).close()).hasStackTraceContaining("file");
        Service.ceremony(state);
        assertThatThrownBy(
                        () -> Service.start(state, "server-names=example.com").close())
                .hasStackTraceContaining("DNS:example.com");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> Service.start(state, "admin-port=" + taken.getLocalPort())
                            .close())
                    .hasStackTraceContaining("the admins' listener cannot bind");
            assertThatThrownBy(() ->
                            Service.start(state, "port=" + taken.getLocalPort()).close())
                    .hasStackTraceContaining(String.valueOf(taken.getLocalPort()));
        }
    }

    @Test
    void adminIssuanceIsIdempotentAndBounded(@TempDir Path state) throws Exception {
        Service.ceremony(state);
        try (Service service = Service.start(state);
                Client admin = service.adminClient()) {
            Csr csr = Csr.of("CN=regional-9", "localhost");
            String body = Service.JSON.writeValueAsString(
                    Map.of("nodeId", "regional-9", "role", "regional", "csr", csr.pem(), "notAfter", soon(3600)));
            var first = admin.send(post(service.admin("/certificates"), body, "key-1"));
            assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
            assertThat(admin.send(post(service.admin("/certificates"), body, "key-1"))
                            .body())
                    .isEqualTo(first.body());
            String other = body.replace("regional-9", "regional-8");
            var conflict = admin.send(post(service.admin("/certificates"), other, "key-1"));
            assertThat(conflict.statusCode()).isEqualTo(409);
            assertThat(conflict.body()).contains("idempotency-conflict");
            String late = Service.JSON.writeValueAsString(Map.of(
                    "nodeId", "regional-9", "role", "regional", "csr", csr.pem(), "notAfter", soon(91 * 24 * 3600)));
            var refused = admin.send(post(service.admin("/certificates"), late, "key-2"));
            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(refused.body()).contains("lifetime-not-permitted");
        }
    }

    private static String soon(long seconds) {
        return Instant.now().plusSeconds(seconds).toString();
    }

    private static HttpRequest.Builder post(URI uri, String body, String key) {
        return HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }
}
