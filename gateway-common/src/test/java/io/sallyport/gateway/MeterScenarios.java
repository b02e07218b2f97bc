package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sallyport.cache.store.ResponseStore;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** What the meters of the cache, of upstream and of the event loops tell. */
@Tag("full") // it reads what a gate of its own has counted
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MeterScenarios {
    private final ScriptedOrigin origin = new ScriptedOrigin();
    private final GateUnderTest gate = new GateUnderTest(origin.url());
    private final MeterRegistry registry = gate.bean(MeterRegistry.class);
    private long fetchesBefore;

    @BeforeEach
    void begin() {
        gate.bean(ResponseStore.class).clear();
        fetchesBefore = fetches().count();
    }

    @AfterAll
    void end() throws IOException {
        gate.close();
        origin.close();
    }

    private Timer fetches() {
        return fetches("fill");
    }

    private Timer fetches(String kind) {
        return registry.get("sallyport.upstream.fetches")
                .tags("tier", "edge", "route", "all", "kind", kind)
                .timer();
    }

    private long fetchesSince() {
        return fetches().count() - fetchesBefore;
    }

    private double errors(String kind) {
        return registry.get("sallyport.upstream.errors")
                .tags("route", "all", "kind", kind)
                .counter()
                .count();
    }

    private double evictions(String cause) {
        return registry.get("sallyport.cache.evictions")
                .tags("cause", cause)
                .counter()
                .count();
    }

    @Test
    @Order(Integer.MIN_VALUE)
    void everySeriesIsThereBeforeTheFirstRequest() {
        assertThat(fetches().count()).isZero();
        for (String kind :
                new String[] {"connect", "tls", "disconnect", "protocol", "timeout", "internal", "response_5xx"}) {
            assertThat(errors(kind)).as(kind).isZero();
        }
        for (String cause : new String[] {"size", "expired", "replaced", "purged"}) {
            assertThat(evictions(cause)).as(cause).isZero();
        }
        assertThat(registry.get("sallyport.cache.fills").gauge().value()).isZero();
        assertThat(registry.get("sallyport.cache.waits").timer().count()).isZero();
    }

    @Test
    void aFetchIsTimedOnceAndAHitNotAtAll() {
        origin.answers("200 OK\nCache-Control: max-age=60", "page");
        gate.get("/page");
        gate.get("/page");
        assertThat(fetchesSince()).isOne();
        assertThat(fetches().totalTime(TimeUnit.NANOSECONDS)).isPositive();
    }

    @Test
    void aServerErrorOfTheOriginIsCounted() {
        double before = errors("response_5xx");
        origin.answers("503 Service Unavailable\nCache-Control: no-store", "");
        gate.get("/page");
        assertThat(errors("response_5xx") - before).isOne();
        assertThat(fetchesSince()).isOne();
    }

    @Test
    void aPassIsTimedApartFromTheFills() {
        double before = errors("response_5xx");
        origin.answers("500 Internal Server Error\nCache-Control: no-store", "");
        assertThat(gate.send("POST", "/form", "a=b").statusCode()).isEqualTo(500);
        assertThat(fetches("pass").count()).isOne();
        assertThat(errors("response_5xx") - before).isOne();
        assertThat(fetchesSince()).isZero();
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void anOriginThatIsGoneIsCountedByKind() throws IOException {
        origin.close();
        assertThat(gate.get("/page").statusCode()).isEqualTo(502);
        assertThat(errors("connect")).isOne();
        assertThat(fetchesSince()).isOne();
    }

    @Test
    void whatLeavesTheStoreIsCountedByCause() {
        origin.answers("200 OK\nCache-Control: max-age=60", "page");
        gate.get("/page");
        double before = evictions("purged");
        gate.bean(ResponseStore.class).clear();
        assertThat(evictions("purged")).isEqualTo(before + 1);
    }

    @Test
    void aFollowerOfAFillIsCounted() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch followed = new CountDownLatch(1);
        origin.script((request, connection) -> {
            connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\npa");
            begun.countDown();
            followed.await();
            connection.say("ge");
        });
        CompletableFuture<HttpResponse<String>> first = CompletableFuture.supplyAsync(() -> gate.get("/page"));
        begun.await();
        assertThat(registry.get("sallyport.cache.fills").gauge().value()).isOne();
        Timer waits = registry.get("sallyport.cache.waits").timer();
        assertThat(waits.count()).isZero();
        CompletableFuture<HttpResponse<String>> second = CompletableFuture.supplyAsync(() -> gate.get("/page"));
        await(waits);
        followed.countDown();
        assertThat(first.join().body()).isEqualTo("page");
        assertThat(second.join().body()).isEqualTo("page");
        assertThat(waits.count()).isOne();
        assertThat(fetchesSince()).isOne();
    }

    @Test
    void eventLoopsTellHowLateTheyAre() {
        Timer delay = registry.get("sallyport.eventloop.delay").timer();
        await(delay);
        assertThat(delay.count()).isPositive();
    }

    private static void await(Timer timer) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (timer.count() == 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
    }
}
