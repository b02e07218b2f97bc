package io.sallyport.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.sallyport.pki.authority.Issuers;
import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.HierarchyFiles;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.ceremony.AdminPlan;
import io.sallyport.pki.ca.ceremony.Ceremony;
import io.sallyport.pki.ca.ceremony.IssuingPlan;
import io.sallyport.pki.listener.ServerIdentity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Another issuing CA and another root take over, and programs that are not ours agree at each step. */
@Tag("full")
class RotationScenarios {
    private static final String NAMES = ",\"dnsNames\":[\"localhost\"],\"ipAddresses\":[\"127.0.0.1\"]";

    private static JsonNode issuers(Service service) throws Exception {
        try (Client admin = service.adminClient()) {
            return Service.json(admin.get(service.admin("/issuers")));
        }
    }

    private static HttpResponse<String> issuer(Service service, String id, String what, String body) throws Exception {
        try (Client admin = service.adminClient()) {
            return admin.post(service.admin("/issuers/" + id + "/" + what), "application/json", body);
        }
    }

    private static String idOf(Service service, int index) throws Exception {
        return issuers(service).get("items").get(index).get("id").asString();
    }

    private static byte[] list(Service service, String id) throws Exception {
        try (Client client = Client.anonymous(HierarchyFiles.roots(service.state()))) {
            var answer = client.bytes(service.node("/pki/issuers/" + id + ".crl"));
            assertThat(answer.statusCode()).isEqualTo(200);
            return answer.body();
        }
    }

    private static Verifiers verifiers(Service service, Path directory) throws Exception {
        List<byte[]> lists = new ArrayList<>();
        for (JsonNode issuer : issuers(service).get("items")) {
            lists.add(list(service, issuer.get("id").asString()));
        }
        for (Path root : HierarchyFiles.rootDirectories(service.state())) {
            lists.add(Pem.blocks(Files.readString(root.resolve(HierarchyFiles.ROOT_LIST)))
                    .getFirst()
                    .der()
                    .bytes());
        }
        return new Verifiers(directory, HierarchyFiles.roots(service.state()), lists);
    }

    /** Every program says the same of every certificate. */
    private static void agree(Verifiers verifiers, Map<String, List<X509Certificate>> good, List<X509Certificate> bad)
            throws Exception {
        for (var one : good.entrySet()) {
            assertThat(verifiers.openssl(one.getValue()).text())
                    .as("openssl of %s", one.getKey())
                    .endsWith(": OK\n");
            assertThat(verifiers.jdk(one.getValue()))
                    .as("JDK of %s", one.getKey())
                    .isEqualTo("OK");
        }
        assertThat(verifiers.openssl(bad).text()).contains("certificate revoked");
        assertThat(verifiers.jdk(bad)).contains("revoked");
        if (Verifiers.isThere("certtool")) {
            for (var one : good.entrySet()) {
                var said = verifiers.certtool(one.getValue());
                assertThat(said.text()).as("certtool of %s", one.getKey()).contains("Verified.");
                assertThat(said.code()).isZero();
            }
            assertThat(verifiers.certtool(bad).text()).contains("revoked");
        }
        if (Verifiers.isThere("zlint")) {
            for (var one : good.entrySet()) {
                for (X509Certificate certificate : one.getValue()) {
                    assertThat(verifiers.zlint(Pem.encode(List.of(certificate))))
                            .as("zlint of %s", one.getKey())
                            .isEmpty();
                }
            }
            for (X509Certificate root : verifiers.roots()) {
                assertThat(verifiers.zlint(Pem.encode(List.of(root))))
                        .as("zlint of a root")
                        .isEmpty();
            }
            for (byte[] list : verifiers.lists()) {
                assertThat(verifiers.zlint(Pem.encode("X509 CRL", list)))
                        .as("zlint of a list")
                        .isEmpty();
            }
        }
    }

    private static Map<String, List<X509Certificate>> oneOfEachProfile(Service service, String suffix)
            throws Exception {
        Map<String, List<X509Certificate>> all = new LinkedHashMap<>();
        all.put("edge", service.enrolled("edge-" + suffix, "edge").chain());
        all.put(
                "regional",
                service.enrolled("regional-" + suffix, "regional", NAMES).chain());
        all.put("pki", service.enrolled("pki-" + suffix, "pki", NAMES).chain());
        all.put("admin", HierarchyFiles.certificates(service.state().resolve("admin/chain.pem")));
        all.put("the service itself", List.of(service.bean(ServerIdentity.class).getCertificateChain("pki")));
        return all;
    }

    private static void revoke(Service service, List<X509Certificate> chain) throws Exception {
        String serial = chain.getFirst().getSerialNumber().toString(16);
        try (Client admin = service.adminClient()) {
            assertThat(admin.put(service.admin("/certificates/" + serial + "/revocation"), "{}")
                            .statusCode())
                    .isEqualTo(200);
        }
        String id = service.bean(Issuers.class)
                .issuerOf(chain.getFirst())
                .orElseThrow()
                .id();
        until(() -> Verifiers.run(
                                "sh",
                                "-c",
                                "openssl crl -inform DER -noout -text -in " + write(service, list(service, id))
                                        + " | grep -i -c " + serial)
                        .code()
                == 0);
    }

    private static Path write(Service service, byte[] octets) throws IOException {
        return Files.write(service.state().resolve("one.crl"), octets);
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.call()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
        }
    }

    @Test
    void anotherIssuingCaTakesOverAndTheOldOneKeepsItsListUntilItsLastCertificateHasEnded(
            @TempDir Path state, @TempDir Path files) throws Exception {
        Service.ceremony(state);
        try (Service service = Service.start(state)) {
            var before = oneOfEachProfile(service, "old");
            var revoked = service.enrolled("edge-bad", "edge").chain();
            revoke(service, revoked);
            agree(verifiers(service, files), before, revoked);
            String old = idOf(service, 0);

            Ceremony.in(state).issuing(IssuingPlan.defaults());
            JsonNode both = issuers(service);
            assertThat(both.get("items")).hasSize(2);
            String young = both.get("items").get(1).get("id").asString();
            assertThat(both.get("items").get(0).get("status").asString()).isEqualTo("active");
            assertThat(both.get("items").get(1).get("status").asString()).isEqualTo("standby");
            assertThat(issuer(service, old, "retire", "").body()).contains("issuer-active");

            assertThat(issuer(service, young, "activate", "").statusCode()).isEqualTo(200);
            until(() -> service.bean(Issuers.class)
                    .find(young)
                    .orElseThrow()
                    .hasSigned(service.bean(ServerIdentity.class).certificate()));
            Ceremony.in(state).admin(AdminPlan.defaults());
            var after = oneOfEachProfile(service, "new");
            for (var chain : after.values()) {
                assertThat(service.bean(Issuers.class)
                                .issuerOf(chain.getFirst())
                                .orElseThrow()
                                .id())
                        .isEqualTo(young);
            }
            var revokedLater = service.enrolled("edge-bad2", "edge").chain();
            revoke(service, revokedLater);
            List<X509Certificate> oldRegional = Objects.requireNonNull(before.remove("regional"));
            revoke(service, oldRegional);
            var good = new LinkedHashMap<>(after);
            before.forEach((name, chain) -> good.put("old " + name, chain));
            Verifiers all = verifiers(service, files);
            agree(all, good, revokedLater);
            agree(all, good, oldRegional);
            agree(all, good, revoked);

            assertThat(issuer(service, old, "retire", "").statusCode()).isEqualTo(200);
            assertThat(issuer(service, old, "activate", "").body()).contains("issuer-retired");
            assertThat(issuer(service, "a".repeat(40), "activate", "").statusCode())
                    .isEqualTo(404);
            assertThat(issuers(service).get("items").get(0).get("ended").asBoolean())
                    .isFalse();
        }
        try (Service again = Service.start(state)) {
            JsonNode items = issuers(again).get("items");
            assertThat(items.get(0).get("status").asString()).isEqualTo("retired");
            assertThat(items.get(1).get("status").asString()).isEqualTo("active");
            assertThat(again.enrolled("edge-again", "edge").chain().get(1))
                    .isEqualTo(HierarchyFiles.certificates(state.resolve("issuing-2/chain.pem"))
                            .getFirst());
        }
    }

    @Test
    void aRetiredIssuingCaEndsWithItsLastCertificateAndItsDirectoryMayGo(@TempDir Path state) throws Exception {
        Ceremony ceremony = Ceremony.in(state);
        ceremony.root();
        ceremony.issuing(IssuingPlan.defaults());
        ceremony.issuing(IssuingPlan.defaults());
        ceremony.admin(AdminPlan.defaults());
        String old;
        try (Service service = Service.start(state, "default-lifetime=4s", "admin-lifetime=1h")) {
            old = idOf(service, 0);
            String young = idOf(service, 1);
            assertThat(issuer(service, young, "activate", "").statusCode()).isEqualTo(200);
            assertThat(issuer(service, old, "retire", "").statusCode()).isEqualTo(200);
            until(() -> issuers(service).get("items").get(0).get("ended").asBoolean());
        }
        remove(state.resolve("issuing"));
        try (Service service = Service.start(state)) {
            assertThat(issuers(service).get("items")).hasSize(1);
            try (Client client = service.anonymous()) {
                var listed = Service.json(client.get(service.node("/pki/issuers")));
                assertThat(listed.get("items")).hasSize(1);
                assertThat(client.get(service.node("/pki/issuers/" + old + ".crl"))
                                .statusCode())
                        .isEqualTo(404);
            }
        }
    }

    @Test
    void anAdminOfACaThatCameAMomentAgoIsLetIn(@TempDir Path state) throws Exception {
        Service.ceremony(state);
        try (Service service = Service.start(state)) {
            Ceremony ceremony = Ceremony.in(state);
            ceremony.issuing(IssuingPlan.defaults());
            ceremony.admin(AdminPlan.defaults());
            try (Client admin = service.adminClient()) {
                assertThat(admin.get(service.admin("/certificates")).statusCode())
                        .isEqualTo(200);
            }
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }

    @Test
    void anotherRootTakesOverOnceEveryGateTrustsIt(@TempDir Path state, @TempDir Path offline, @TempDir Path files)
            throws Exception {
        Service.ceremony(state);
        try (Service service = Service.start(state)) {
            var edge = service.enrolled("edge-1", "edge");
            long first = bundle(service).get("sequence").asLong();
            var revoked = service.enrolled("edge-bad", "edge").chain();
            revoke(service, revoked);
            assertThat(bundle(service).get("roots")).hasSize(1);
            copy(state, offline, "root", "issuing", "transcript.txt");

            Ceremony ceremony = Ceremony.in(offline);
            ceremony.root();
            ceremony.issuing(IssuingPlan.defaults());
            copy(offline, state, "root-2");
            until(() -> {
                issuers(service);
                return bundle(service).get("roots").size() == 2;
            });
            long second = bundle(service).get("sequence").asLong();
            assertThat(second).isGreaterThan(first);

            copy(offline, state, "issuing-2");
            String young = idOf(service, 1);
            var early = issuer(service, young, "activate", "");
            assertThat(early.statusCode()).as(early.body()).isEqualTo(409);
            assertThat(early.body()).contains("nodes-not-ready", "edge-1", String.valueOf(second));
            ceremony.admin(AdminPlan.defaults());
            copy(offline, state, "admin", "issuing-2");

            report(service, edge, second);
            report(service, "edge-bad", second);
            assertThat(issuer(service, young, "activate", "").statusCode()).isEqualTo(200);
            until(() -> service.bean(Issuers.class)
                    .find(young)
                    .orElseThrow()
                    .hasSigned(service.bean(ServerIdentity.class).certificate()));
            List<X509Certificate> roots = HierarchyFiles.roots(state);
            assertThat(roots).hasSize(2);
            Csr csr = Csr.of("CN=edge-1");
            List<X509Certificate> renewed;
            try (Client node = Client.with(roots, edge.csr().pair().getPrivate(), edge.chain())) {
                renewed = Pem.certificates(node.post(service.node("/renewals"), "text/plain", csr.pem())
                        .body());
            }
            Verifiers verifiers = verifiers(service, files);
            agree(verifiers, Map.of("old", edge.chain(), "new", renewed), revoked);
            assertThat(service.token("edge-2", "edge", "")).endsWith(Der.sha256(Pem.encoded(roots.get(1))));

            assertThat(issuer(service, idOf(service, 0), "retire", "").statusCode())
                    .isEqualTo(200);
            remove(state.resolve("root"));
            issuers(service);
            assertThat(bundle(service).get("roots"))
                    .as("a root stays while a certificate below it counts")
                    .hasSize(2);
        }
    }

    private static JsonNode bundle(Service service) throws Exception {
        try (Client client = Client.anonymous(HierarchyFiles.roots(service.state()))) {
            URI uri = service.node("/pki/trust-bundles/default");
            var answer = client.send(HttpRequest.newBuilder(uri).header("Accept", "application/json"));
            String tag = answer.headers().firstValue("ETag").orElseThrow();
            assertThat(client.send(HttpRequest.newBuilder(uri)
                                    .header("Accept", "application/json")
                                    .header("If-None-Match", tag))
                            .statusCode())
                    .isEqualTo(304);
            return Service.json(answer);
        }
    }

    private static void report(Service service, Service.Enrolled node, long sequence) throws Exception {
        try (Client client = service.client(node)) {
            assertThat(client.put(
                                    service.node("/nodes/self/status"),
                                    "{\"serial\":\"" + node.serial() + "\",\"trustBundleSequence\":" + sequence + "}")
                            .statusCode())
                    .isEqualTo(204);
        }
    }

    /** A node whose only certificate is revoked has nothing to report and is not waited for. */
    private static void report(Service service, String revoked, long sequence) throws Exception {
        try (Client admin = service.adminClient()) {
            assertThat(Service.json(admin.get(service.admin("/nodes/" + revoked)))
                            .has("report"))
                    .isFalse();
        }
        assertThat(sequence).isPositive();
    }

    private static void copy(Path from, Path to, String... names) throws IOException {
        for (String name : names) {
            try (Stream<Path> all = Files.walk(from.resolve(name))) {
                for (Path one : all.toList()) {
                    Path there = to.resolve(from.relativize(one));
                    if (Files.isDirectory(one)) {
                        Files.createDirectories(there);
                    } else {
                        Files.copy(one, there, StandardCopyOption.REPLACE_EXISTING);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"certtool, gnutls-bin", "zlint, zlint"})
    void thisProgramHasJudgedAsWell(String program, String aptPackage) {
        assumeThat(Verifiers.isThere(program))
                .as(
                        "%s is not on this machine (package %s; .ci/run installs it): it was not asked",
                        program, aptPackage)
                .isTrue();
    }

    @Test
    void opensslReadsEveryFieldOfACertificateAndOfAList(@TempDir Path state) throws Exception {
        Service.ceremony(state);
        try (Service service = Service.start(state)) {
            var regional = service.enrolled("regional-1", "regional", NAMES);
            Path leaf = Files.writeString(
                    state.resolve("leaf.pem"), Pem.encode(regional.chain().subList(0, 1)));
            assertThat(Verifiers.run("openssl", "x509", "-noout", "-text", "-in", leaf.toString())
                            .text())
                    .contains(
                            "Version: 3 (0x2)",
                            "ecdsa-with-SHA256",
                            "OU = regional, UID = regional-1",
                            "X509v3 Key Usage: critical\n                Digital Signature\n",
                            "TLS Web Server Authentication, TLS Web Client Authentication",
                            "DNS:localhost, IP Address:127.0.0.1, URI:spiffe://sallyport.internal/regional/regional-1",
                            "X509v3 Authority Key Identifier",
                            "X509v3 Subject Key Identifier")
                    .doesNotContain("CRL Distribution Points", "CA:TRUE");
            revoke(service, regional.chain());
            assertThat(Verifiers.run(
                                    "openssl",
                                    "crl",
                                    "-inform",
                                    "DER",
                                    "-noout",
                                    "-text",
                                    "-in",
                                    write(service, list(service, idOf(service, 0)))
                                            .toString())
                            .text())
                    .contains("Version 2 (0x1)", "X509v3 CRL Number", "X509v3 Authority Key Identifier", "Next Update")
                    .doesNotContain("Issuing Distribution Point", "Delta CRL");
        }
    }
}
