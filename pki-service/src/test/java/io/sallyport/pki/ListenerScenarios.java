package io.sallyport.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.pki.ca.KeyFile;
import io.sallyport.pki.ca.NewKey;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.StateFiles;
import io.sallyport.pki.ca.ceremony.AdminPlan;
import io.sallyport.pki.ca.ceremony.Ceremony;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Who gets through which listener, on the engine and in the version of TLS that nodes choose. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ListenerScenarios {
    private Service service;

    /** Whether the service takes Java's engine. */
    boolean javaTls() {
        return false;
    }

    /** The version of TLS that clients offer. */
    String version() {
        return "TLSv1.3";
    }

    @BeforeAll
    void start(@TempDir Path state) {
        Service.ceremony(state);
        service = Service.start(state, "java-tls=" + javaTls());
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void everyPathBelongsToOneListener() throws Exception {
        var edge = service.enrolled("edge-paths", "edge");
        try (Client node = service.client(edge, version());
                Client admin = service.adminClient(version())) {
            for (String path : List.of("/certificates", "/enrollment-tokens", "/certificates/" + edge.serial())) {
                assertThat(node.get(service.node(path)).statusCode()).as(path).isEqualTo(404);
            }
            for (String path : List.of(
                    "/enrollments",
                    "/renewals",
                    "/pki/issuers",
                    "/nodes/self/status",
                    "/certificates/" + edge.serial() + "/renewal-info",
                    "/pki/trust-bundles/default")) {
                assertThat(admin.get(service.admin(path)).statusCode()).as(path).isEqualTo(404);
            }
            assertThat(node.get(service.node("/pki/issuers")).statusCode()).isEqualTo(200);
            assertThat(admin.get(service.admin("/certificates")).statusCode()).isEqualTo(200);
            assertThat(node.put(service.node("/nodes/self/status"), "").statusCode())
                    .isEqualTo(204);
        }
    }

    @Test
    void theAdminListenerTakesAdminsOnly() throws Exception {
        var edge = service.enrolled("edge-adm", "edge");
        try (Client anonymous = service.anonymous(version());
                Client node = service.client(edge, version())) {
            refused(anonymous, service.admin("/certificates"));
            refused(node, service.admin("/certificates"));
        }
    }

    @Test
    void theNodeListenerTakesNoAdmin() throws Exception {
        try (Client admin = service.adminClient(version())) {
            refused(admin, service.node("/pki/issuers"));
        }
    }

    @Test
    void aStrangersCertificateIsRefused(@TempDir Path elsewhere) throws Exception {
        Service.ceremony(elsewhere);
        var chain = Pem.certificates(StateFiles.readText(elsewhere.resolve("admin/chain.pem")));
        var key = KeyFile.read(elsewhere.resolve("admin/key.pem"), null);
        try (Client stranger = Client.with(service.roots(), key, chain, version())) {
            refused(stranger, service.admin("/certificates"));
        }
    }

    @Test
    void anotherKeyWithAnAdminsCertificateIsRefused() throws Exception {
        var chain = Pem.certificates(StateFiles.readText(service.state().resolve("admin/chain.pem")));
        var key = NewKey.p256(new SecureRandom()).getPrivate();
        try (Client thief = Client.with(service.roots(), key, chain, version())) {
            refused(thief, service.admin("/certificates"));
        }
    }

    @Test
    void anAdminMadeByTheCeremonyWhileTheServiceRunsIsLetIn() throws Exception {
        Ceremony.in(service.state()).admin(AdminPlan.defaults());
        try (Client admin = service.adminClient(version())) {
            assertThat(admin.get(service.admin("/certificates")).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aRevokedCertificateEndsALiveConnectionAndIsRefusedOnANewOne() throws Exception {
        var edge = service.enrolled("edge-revoked", "edge");
        try (Client live = service.client(edge, version());
                Client admin = service.adminClient(version())) {
            assertThat(live.put(service.node("/nodes/self/status"), "").statusCode())
                    .isEqualTo(204);
            assertThat(admin.put(
                                    service.admin("/certificates/" + edge.serial() + "/revocation"),
                                    "{\"reason\":\"keyCompromise\"}")
                            .statusCode())
                    .isEqualTo(200);
            var again = live.put(service.node("/nodes/self/status"), "");
            assertThat(again.statusCode()).isEqualTo(401);
            assertThat(Service.json(again).get("type").asString()).endsWith("certificate-required");
        }
        try (Client anew = service.client(edge, version())) {
            refused(anew, service.node("/pki/issuers"));
        }
    }

    @Test
    void anExpiredCertificateNoLongerCounts() throws Exception {
        Csr csr = Csr.of("CN=edge-short");
        try (Client admin = service.adminClient(version())) {
            var answer = admin.post(
                    service.admin("/certificates"),
                    "application/json",
                    Service.JSON.writeValueAsString(Map.of(
                            "nodeId",
                            "edge-short",
                            "role",
                            "edge",
                            "csr",
                            csr.pem(),
                            "notAfter",
                            Instant.now().plusSeconds(2).toString())));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
            var leaf = Pem.certificates(Service.json(answer).get("pem").asString());
            Instant end = leaf.getFirst().getNotAfter().toInstant();
            while (!Instant.now().isAfter(end.plusMillis(1))) {
                LockSupport.parkNanos(1_000_000);
            }
            try (Client late = Client.with(service.roots(), csr.pair().getPrivate(), leaf, version())) {
                refused(late, service.node("/pki/issuers"));
            }
            String serial = leaf.getFirst().getSerialNumber().toString(16);
            var shown = Service.json(admin.get(service.admin("/certificates/" + serial)));
            assertThat(shown.get("status").asString()).isEqualTo("expired");
        }
    }

    @Test
    void aClientThatConnectsTwiceIsJudgedTwice() throws Exception {
        var edge = service.enrolled("edge-twice", "edge");
        var context = Client.context(service.roots(), edge.csr().pair().getPrivate(), edge.chain());
        URI uri = service.node("/nodes/self/status");
        assertThat(RawClient.status(context, uri, version())).isEqualTo("HTTP/1.1 204 No Content");
        assertThat(RawClient.status(context, uri, version())).isEqualTo("HTTP/1.1 204 No Content");
        try (Client admin = service.adminClient(version())) {
            admin.put(service.admin("/certificates/" + edge.serial() + "/revocation"), "{}");
        }
        assertThatThrownBy(() -> RawClient.status(context, uri, version())).isInstanceOf(IOException.class);
    }

    private static void refused(Client client, URI uri) {
        assertThatThrownBy(() -> client.send(HttpRequest.newBuilder(uri))).isInstanceOf(IOException.class);
    }
}
