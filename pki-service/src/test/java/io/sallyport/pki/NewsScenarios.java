package io.sallyport.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.pki.authority.RevocationNews;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The long poll: who waits for news of the lists. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
class NewsScenarios {
    private static final int FLEET = 500;

    private Service service;
    private Service.Enrolled edge;

    @BeforeAll
    void start(@TempDir Path state) throws Exception {
        Service.ceremony(state);
        service = Service.start(state, "max-waiters=" + FLEET);
        edge = service.enrolled("edge-w", "edge");
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private static long sequence(HttpResponse<String> answer) {
        return Long.parseLong(answer.headers().firstValue("Sallyport-Sequence").orElseThrow());
    }

    private void revokeOne(String id) throws Exception {
        var doomed = service.enrolled(id, "edge");
        try (Client admin = service.adminClient()) {
            assertThat(admin.put(service.admin("/certificates/" + doomed.serial() + "/revocation"), "{}")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    private void awaitWaiters(Service of, int number) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (of.bean(RevocationNews.class).waiting() < number && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(of.bean(RevocationNews.class).waiting()).isEqualTo(number);
    }

    @Test
    void whatIsInForceIsAnsweredAtOnceAndNewsWhenThereAreSome() throws Exception {
        try (Client node = service.client(edge)) {
            var first = node.get(service.node("/revocations"));
            assertThat(first.statusCode()).isEqualTo(200);
            var body = Service.json(first);
            long known = body.get("sequence").asLong();
            assertThat(sequence(first)).isEqualTo(known);
            String id = body.get("issuers").get(0).get("id").asString();
            assertThat(node.get(service.node("/pki/issuers/" + id + ".crl")).statusCode())
                    .isEqualTo(200);
            assertThat(body.get("issuers").get(0).get("crlNumber").asLong()).isPositive();

            var none = node.get(service.node("/revocations?after=" + known));
            assertThat(none.statusCode()).isEqualTo(204);
            assertThat(sequence(none)).isEqualTo(known);
            var late = node.get(service.node("/revocations?after=" + known + "&wait=PT0.2S"));
            assertThat(late.statusCode()).isEqualTo(204);
            assertThat(node.get(service.node("/revocations?after=" + (known - 1) + "&wait=PT25S"))
                            .statusCode())
                    .isEqualTo(200);

            CompletableFuture<HttpResponse<String>> waiting = CompletableFuture.supplyAsync(() -> {
                try {
                    return node.get(service.node("/revocations?after=" + known + "&wait=PT25S"));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            awaitWaiters(service, 1);
            revokeOne("edge-w1");
            var news = waiting.get(20, TimeUnit.SECONDS);
            assertThat(news.statusCode()).isEqualTo(200);
            assertThat(Service.json(news).get("sequence").asLong()).isGreaterThan(known);
        }
    }

    @Test
    void whatCannotBeReadIsRefusedAndSoIsWhoHasNoCertificate() throws Exception {
        try (Client node = service.client(edge);
                Client anonymous = service.anonymous();
                Client admin = service.adminClient()) {
            for (String query : List.of(
                    "after=x", "after=-1", "after=1&wait=25", "after=1&wait=PT31S", "after=1&wait=-PT1S", "wait=x")) {
                assertThat(node.get(service.node("/revocations?" + query)).statusCode())
                        .as(query)
                        .isEqualTo(400);
            }
            assertThat(anonymous.get(service.node("/revocations")).statusCode()).isEqualTo(401);
            assertThat(admin.get(service.admin("/revocations")).statusCode()).isEqualTo(404);
            assertThat(node.post(service.node("/revocations"), "application/json", "{}")
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    /** Each on a connection of its own, and one too many. */
    @Test
    void aFleetWaitsWithoutAThreadEachAndHearsAtOnce() throws Exception {
        long known = service.bean(RevocationNews.class).now().sequence();
        var context = Client.context(service.roots(), edge.csr().pair().getPrivate(), edge.chain());
        var request = HttpRequest.newBuilder(service.node("/revocations?after=" + known + "&wait=PT30S"))
                .timeout(Duration.ofSeconds(60))
                .build();
        try (HttpClient http = HttpClient.newBuilder()
                .sslContext(context)
                .version(HttpClient.Version.HTTP_1_1)
                .build()) {
            List<CompletableFuture<HttpResponse<String>>> fleet = new ArrayList<>();
            for (int i = 0; i < FLEET; i++) {
                fleet.add(http.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
            }
            awaitWaiters(service, FLEET);
            assertThat(Thread.getAllStackTraces().size())
                    .as("threads while %s wait", FLEET)
                    .isLessThan(FLEET / 2);
            var refused = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(refused.body()).contains("too-many-waiters");
            revokeOne("edge-w2");
            for (var one : fleet) {
                assertThat(one.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
            awaitWaiters(service, 0);
            var left = http.sendAsync(
                    HttpRequest.newBuilder(service.node("/revocations?after="
                                    + service.bean(RevocationNews.class).now().sequence() + "&wait=PT30S"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            awaitWaiters(service, 1);
            left.cancel(true);
            awaitNobody();
        }
    }

    private void awaitNobody() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (service.bean(RevocationNews.class).waiting() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(service.bean(RevocationNews.class).waiting())
                .as("whoever leaves gives up the place")
                .isZero();
    }

    @Test
    void theEndOfTheServiceLetsAllGoAtOnceAndTheSequenceGrowsOverRestarts(@TempDir Path state) throws Exception {
        Service.ceremony(state);
        long known;
        CompletableFuture<HttpResponse<String>> waiting;
        Service brief = Service.start(state);
        var node = brief.enrolled("edge-1", "edge");
        try (Client client = brief.client(node)) {
            known = Service.json(client.get(brief.node("/revocations")))
                    .get("sequence")
                    .asLong();
            var uri = brief.node("/revocations?after=" + known + "&wait=PT30S");
            waiting = CompletableFuture.supplyAsync(() -> {
                try {
                    return client.get(uri);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            awaitWaiters(brief, 1);
            long began = System.nanoTime();
            brief.close();
            assertThat(waiting.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
            assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(5));
        }
        try (Service again = Service.start(state);
                Client client = again.client(node)) {
            assertThat(client.get(again.node("/revocations?after=" + known + "&wait=PT25S"))
                            .statusCode())
                    .as("the list made at the start is news")
                    .isEqualTo(200);
        }
    }
}
