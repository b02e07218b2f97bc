package io.sallyport.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.pki.authority.RevocationListPublisher;
import io.sallyport.pki.ca.Pem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Revocation and the list, seen by programs that are not ours. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RevocationScenarios {
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

    private URI list() throws Exception {
        try (Client client = service.anonymous()) {
            var issuers = Service.json(client.get(service.node("/pki/issuers")));
            String path = issuers.get("items").get(0).get("crl").asString();
            return service.node(path.substring("/api/v1".length()));
        }
    }

    private X509CRL crl(Client client) throws Exception {
        return (X509CRL) CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(client.bytes(list()).body()));
    }

    private String revoke(String serial, String body, int status) throws Exception {
        try (Client admin = service.adminClient()) {
            var answer = admin.put(service.admin("/certificates/" + serial + "/revocation"), body);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            return answer.body();
        }
    }

    private X509CRL crlWith(Client client, Service.Enrolled node) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        X509CRL crl = crl(client);
        while (crl.getRevokedCertificate(node.chain().getFirst()) == null && System.nanoTime() < deadline) {
            crl = crl(client);
        }
        return crl;
    }

    @Test
    void aRevokedCertificateIsOnTheListAtOnce() throws Exception {
        var edge = service.enrolled("edge-r1", "edge");
        var other = service.enrolled("edge-r2", "edge");
        try (Client client = service.anonymous()) {
            String body = revoke(edge.serial(), "{\"reason\":\"keyCompromise\"}", 200);
            long began = System.nanoTime();
            assertThat(body).contains("\"status\":\"revoked\"").contains("\"reason\":\"keyCompromise\"");
            X509CRL crl = crlWith(client, edge);
            assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(2));
            assertThat(crl.getRevokedCertificate(edge.chain().getFirst())).isNotNull();
            assertThat(crl.getRevokedCertificate(other.chain().getFirst())).isNull();
            assertThat(revoke(edge.serial(), "{\"reason\":\"superseded\"}", 200))
                    .isEqualTo(body);
            revoke("4" + "0".repeat(39), "{}", 404);
            revoke(other.serial(), "{\"reason\":\"certificateHold\"}", 422);

            assertThat(pkix(edge, crl))
                    .isInstanceOfSatisfying(
                            CertPathValidatorException.class,
                            e -> assertThat(e.getReason()).isEqualTo(CertPathValidatorException.BasicReason.REVOKED));
            assertThat(pkix(other, crl)).isNull();
            assertThat(openssl(edge)).contains("certificate revoked");
            assertThat(openssl(other)).contains(": OK");
        }
    }

    private @Nullable Exception pkix(Service.Enrolled node, X509CRL crl) throws GeneralSecurityException, IOException {
        X509CRL rootList;
        try (var pem = Files.newInputStream(service.state().resolve("root/root.crl.pem"))) {
            rootList = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(pem);
        }
        PKIXParameters parameters =
                new PKIXParameters(Set.of(new TrustAnchor(service.roots().getFirst(), null)));
        parameters.setRevocationEnabled(true);
        parameters.addCertStore(
                CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(crl, rootList))));
        try {
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(node.chain()), parameters);
            return null;
        } catch (CertPathValidatorException e) {
            return e;
        }
    }

    private String openssl(Service.Enrolled node) throws Exception {
        Path leaf = Files.createTempFile(service.state(), "leaf", ".pem");
        Files.writeString(leaf, Pem.encode(List.of(node.chain().getFirst())));
        Path crl = Files.createTempFile(service.state(), "crl", ".pem");
        try (Client client = service.anonymous()) {
            Files.writeString(crl, Pem.encode("X509 CRL", client.bytes(list()).body()));
        }
        Process process = new ProcessBuilder(
                        "openssl",
                        "verify",
                        "-x509_strict",
                        "-crl_check",
                        "-CAfile",
                        service.state().resolve("root/root.pem").toString(),
                        "-untrusted",
                        service.state().resolve("issuing/chain.pem").toString(),
                        "-CRLfile",
                        crl.toString(),
                        leaf.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    @Test
    void theListIsCacheable() throws Exception {
        try (Client client = service.anonymous()) {
            // Lists that other tests have asked for are out before this one looks.
            service.bean(ScheduledExecutorService.class)
                    .schedule(() -> {}, 200, TimeUnit.MILLISECONDS)
                    .get(30, TimeUnit.SECONDS);
            var first = client.bytes(list());
            assertThat(first.headers().firstValue("Content-Type")).contains("application/pkix-crl");
            String tag = first.headers().firstValue("ETag").orElseThrow();
            var again = client.send(HttpRequest.newBuilder(list()).header("If-None-Match", tag));
            assertThat(again.statusCode()).isEqualTo(304);
            assertThat(again.headers().firstValue("ETag")).contains(tag);
            service.bean(RevocationListPublisher.class).publish();
            var news = client.send(HttpRequest.newBuilder(list()).header("If-None-Match", tag));
            assertThat(news.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whatWasRenewedWithARevokedCertificateGoesWithIt() throws Exception {
        var edge = service.enrolled("edge-r3", "edge");
        Csr next = Csr.of("CN=edge-r3");
        Service.Enrolled renewed;
        try (Client client = service.client(edge)) {
            var answer = client.post(service.node("/renewals"), "application/x-pem-file", next.pem());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
            renewed = new Service.Enrolled(next, Pem.certificates(answer.body()));
        }
        revoke(edge.serial(), "{\"reason\":\"keyCompromise\"}", 200);
        try (Client client = service.client(renewed)) {
            assertThatThrownBy(() -> client.put(service.node("/nodes/self/status"), ""))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aSupersededCertificateIsOnNoListAndRevokingItAsSuchSparesItsSuccessor() throws Exception {
        var edge = service.enrolled("edge-r4", "edge");
        Csr next = Csr.of("CN=edge-r4");
        try (Client old = service.client(edge);
                Client admin = service.adminClient()) {
            var answer = old.post(service.node("/renewals"), "text/plain", next.pem());
            assertThat(old.post(service.node("/renewals"), "text/plain", next.pem())
                            .body())
                    .as("a retry")
                    .isEqualTo(answer.body());
            var renewed = new Service.Enrolled(next, Pem.certificates(answer.body()));
            var uri = service.admin("/certificates/" + edge.serial());
            assertThat(Service.json(admin.get(uri)).get("status").asString()).isEqualTo("issued");
            try (Client young = service.client(renewed)) {
                assertThat(young.put(service.node("/nodes/self/status"), "").statusCode())
                        .isEqualTo(204);
                assertThat(Service.json(admin.get(uri)).get("status").asString())
                        .isEqualTo("superseded");
                assertThat(crl(young).getRevokedCertificate(edge.chain().getFirst()))
                        .isNull();
                revoke(edge.serial(), "{\"reason\":\"superseded\"}", 200);
                assertThat(young.put(service.node("/nodes/self/status"), "").statusCode())
                        .isEqualTo(204);
            }
            var info = Service.json(young(renewed));
            Instant start =
                    Instant.parse(info.get("suggestedWindow").get("start").asString());
            Instant end = Instant.parse(info.get("suggestedWindow").get("end").asString());
            assertThat(start).isAfter(Instant.now().plusSeconds(23 * 3600));
            assertThat(end).isBefore(Instant.now().plusSeconds(49 * 3600));
        }
    }

    private HttpResponse<String> young(Service.Enrolled renewed) throws Exception {
        try (Client client = service.client(renewed)) {
            return client.get(service.node("/certificates/" + renewed.serial() + "/renewal-info"));
        }
    }
}
