package io.sallyport.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.pki.ca.NewKey;
import io.sallyport.pki.ca.Pem;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tokens: one time, one node, one key, and what is refused at enrolment. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenScenarios {
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

    private static String type(HttpResponse<String> answer) {
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        return Service.json(answer).get("type").asString();
    }

    @Test
    void allTokenErrorsLookAlike() throws Exception {
        String used = service.token("edge-used", "edge", "");
        Csr csr = Csr.of("CN=edge-used");
        try (Client client = service.anonymous()) {
            assertThat(service.enroll(client, used, csr).statusCode()).isEqualTo(201);
            List<String> bodies = new ArrayList<>();
            for (String token : List.of(
                    used, "", "nonsense", "sp1." + "A".repeat(43) + "." + "0".repeat(64), used.replace("sp1", "sp2"))) {
                var answer = service.enroll(client, token, Csr.of("CN=edge-used"));
                assertThat(answer.statusCode()).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
                bodies.add(answer.body());
            }
            assertThat(bodies).containsOnly(bodies.getFirst());
            assertThat(bodies.getFirst()).contains("token-invalid");
        }
    }

    @Test
    void aLostResponseDoesNotLockANodeOut() throws Exception {
        String token = service.token("edge-lost", "edge", "");
        KeyPair pair = NewKey.p256(new SecureRandom());
        try (Client client = service.anonymous()) {
            var first = service.enroll(client, token, Csr.of(pair, "CN=edge-lost"));
            var same = service.enroll(client, token, Csr.of(pair, "CN=edge-lost"));
            assertThat(first.statusCode()).isEqualTo(201);
            assertThat(same.statusCode()).isEqualTo(201);
            assertThat(same.body()).isEqualTo(first.body());
        }
    }

    @Test
    void ofManyKeysWithOneTokenOneWins() throws Exception {
        race("edge-race", 200, true);
    }

    @Test
    void theSameKeyInParallelGetsOneCertificate() throws Exception {
        race("edge-same", 100, false);
    }

    @Test
    @Tag("full")
    void ofTenThousandWithOneTokenOneWins() throws Exception {
        race("edge-race-full", 10_000, true);
    }

    private void race(String nodeId, int count, boolean manyKeys) throws Exception {
        String token = service.token(nodeId, "edge", "");
        KeyPair one = NewKey.p256(new SecureRandom());
        Semaphore sockets = new Semaphore(count > 1000 ? 50 : 200);
        List<Callable<HttpResponse<String>>> tries = new ArrayList<>();
        try (Client client = service.anonymous();
                ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                tries.add(() -> {
                    sockets.acquire();
                    try {
                        return service.enroll(
                                client,
                                token,
                                Csr.of(manyKeys ? NewKey.p256(new SecureRandom()) : one, "CN=" + nodeId));
                    } finally {
                        sockets.release();
                    }
                });
            }
            int issued = 0;
            Set<String> chains = new HashSet<>();
            for (Future<HttpResponse<String>> future : executor.invokeAll(tries)) {
                HttpResponse<String> answer = future.get();
                if (answer.statusCode() == 201) {
                    issued++;
                    chains.add(answer.body());
                } else {
                    assertThat(type(answer)).endsWith(":token-invalid");
                }
            }
            assertThat(chains).hasSize(1);
            assertThat(issued).isEqualTo(manyKeys ? 1 : count);
        }
        try (Client admin = service.adminClient()) {
            var list = Service.json(admin.get(service.admin("/certificates?nodeId=" + nodeId)));
            assertThat(list.get("items").size()).isEqualTo(1);
        }
    }

    @Test
    void aRegionalGetsTheNamesThatItOwns() throws Exception {
        var regional = service.enrolled(
                "regional-1", "regional", ",\"dnsNames\":[\"localhost\"],\"ipAddresses\":[\"127.0.0.1\",\"::1\"]");
        X509Certificate leaf = regional.chain().getFirst();
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(leaf.getSubjectAlternativeNames().stream()
                        .map(name -> String.valueOf(name.get(1)))
                        .collect(Collectors.toList()))
                .containsExactly(
                        "localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "spiffe://sallyport.internal/regional/regional-1");
    }

    @Test
    void namesThatTheNodeDoesNotOwnAreRefusedByName() throws Exception {
        String token = service.token("regional-2", "regional", ",\"dnsNames\":[\"localhost\"]");
        try (Client client = service.anonymous()) {
            for (String name : List.of("a.localhost", "127.0.0.1", "spiffe://sallyport.internal/edge/regional-2")) {
                var answer = service.enroll(client, token, Csr.of("CN=regional-2", "localhost", name));
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
                assertThat(type(answer)).endsWith(":name-not-permitted");
                assertThat(Service.json(answer).get("violations").size()).isEqualTo(1);
                assertThat(answer.body()).contains(name);
            }
            assertThat(service.enroll(client, token, Csr.of("CN=somebody")).statusCode())
                    .isEqualTo(422);
            var fine = service.enroll(
                    client,
                    token,
                    Csr.of("CN=regional-2", "localhost", "spiffe://sallyport.internal/regional/regional-2"));
            assertThat(fine.statusCode()).as(fine.body()).isEqualTo(201);
        }
    }

    @Test
    void weakAndForeignKeysAndBadRequestsAreRefused() throws Exception {
        String token = service.token("edge-weak", "edge", "");
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        KeyPairGenerator edwards = KeyPairGenerator.getInstance("Ed25519");
        Csr good = Csr.of("CN=edge-weak");
        byte[] der = good.der();
        der[der.length - 1] ^= 1;
        try (Client client = service.anonymous()) {
            assertThat(type(service.enroll(client, token, Csr.of(rsa.generateKeyPair(), "CN=edge-weak"))))
                    .endsWith(":weak-key");
            assertThat(type(service.enroll(client, token, Csr.of(edwards.generateKeyPair(), "CN=edge-weak"))))
                    .endsWith(":weak-key");
            var forged = service.enroll(client, token, new Csr(good.pair(), Pem.encode("CERTIFICATE REQUEST", der)));
            assertThat(forged.statusCode()).isEqualTo(422);
            assertThat(type(forged)).endsWith(":csr-signature-invalid");
            var junk = service.enroll(client, token, new Csr(good.pair(), "nothing"));
            assertThat(junk.statusCode()).isEqualTo(400);
            var two = service.enroll(client, token, new Csr(good.pair(), good.pem() + good.pem()));
            assertThat(two.statusCode()).isEqualTo(400);
            var large = service.enroll(client, token, new Csr(good.pair(), good.pem() + " ".repeat(17 * 1024)));
            assertThat(large.statusCode()).isEqualTo(413);
            var larger = service.enroll(client, token, new Csr(good.pair(), good.pem() + " ".repeat(170 * 1024)));
            assertThat(larger.statusCode()).isEqualTo(413);
            assertThat(service.enroll(client, token, good).statusCode()).isEqualTo(201);
        }
    }

    @Test
    void aKeyOfAnotherNodeIsRefused() throws Exception {
        var first = service.enrolled("edge-key-a", "edge");
        String token = service.token("edge-key-b", "edge", "");
        try (Client client = service.anonymous()) {
            var answer = service.enroll(client, token, Csr.of(first.csr().pair(), "CN=edge-key-b"));
            assertThat(answer.statusCode()).isEqualTo(422);
            assertThat(type(answer)).endsWith(":key-reused");
        }
    }

    @Test
    void wishesForTokensAreJudged() throws Exception {
        try (Client admin = service.adminClient()) {
            var uri = service.admin("/enrollment-tokens");
            String json = "application/json";
            assertThat(admin.post(uri, json, "{\"nodeId\":\"e\",\"role\":\"edge\",\"colour\":1}")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(admin.post(uri, json, "{\"nodeId\":\"e\",\"role\":\"king\"}")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(admin.post(uri, json, "{\"role\":\"edge\"}").statusCode())
                    .isEqualTo(400);
            assertThat(admin.post(uri, json, "{").statusCode()).isEqualTo(400);
            assertThat(admin.post(uri, "text/plain", "x").statusCode()).isEqualTo(415);
            assertThat(admin.get(uri).statusCode()).isEqualTo(405);
            assertThat(type(admin.post(uri, json, "{\"nodeId\":\"E!\",\"role\":\"edge\"}")))
                    .endsWith(":name-not-permitted");
            assertThat(type(admin.post(uri, json, "{\"nodeId\":\"e\",\"role\":\"edge\",\"ttl\":\"PT25H\"}")))
                    .endsWith(":lifetime-not-permitted");
            assertThat(type(admin.post(
                            uri, json, "{\"nodeId\":\"r\",\"role\":\"regional\",\"dnsNames\":[\"example.com\"]}")))
                    .endsWith(":name-not-permitted");
            service.token("edge-role", "edge", "");
            assertThat(type(admin.post(uri, json, "{\"nodeId\":\"edge-role\",\"role\":\"regional\"}")))
                    .endsWith(":role-not-permitted");
        }
    }
}
