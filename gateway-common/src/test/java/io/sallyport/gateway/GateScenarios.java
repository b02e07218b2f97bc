package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sallyport.gateway.upstream.OnceRouting;
import io.sallyport.gateway.upstream.ReceivedFields;
import io.sallyport.gateway.upstream.UpstreamFields;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.gateway.filter.headers.GRPCResponseHeadersFilter;

class GateScenarios {
    private static final ScriptedOrigin origin = new ScriptedOrigin();
    private static GateUnderTest gate;

    @BeforeAll
    static void start() {
        gate = new GateUnderTest(origin.url());
    }

    @AfterAll
    static void stop() throws IOException {
        gate.close();
        origin.close();
    }

    @BeforeEach
    void empty() {
        gate.bean(io.sallyport.cache.store.ResponseStore.class).clear();
    }

    private static String cacheStatus(HttpResponse<?> response) {
        return String.join(", ", response.headers().allValues("cache-status"));
    }

    /** Spring may rename one of those that are taken out, or add another. */
    @Test
    void theFieldsOfAMessageAreDecidedInOnePassEachWay() {
        assertThat(gate.bean(OnceRouting.class).getHeadersFilters())
                .extracting(Object::getClass)
                .filteredOn(type -> type != GRPCResponseHeadersFilter.class) // it copies nothing
                .containsExactlyInAnyOrder(UpstreamFields.class, ReceivedFields.class);
    }

    @Test
    @DisplayName("RFC 9111, section 4: a stored response is used without validation while it is fresh, with its Age")
    void aSecondRequestIsAnsweredFromTheStore() {
        origin.answers("200 OK\nCache-Control: max-age=60\nETag: \"a\"", "hello");
        HttpResponse<String> first = gate.get("/a?x=1");
        gate.passes(Duration.ofSeconds(10));
        HttpResponse<String> second = gate.get("/a?x=1");
        assertThat(first.body()).isEqualTo("hello");
        assertThat(cacheStatus(first)).isEqualTo("edge; fwd=uri-miss; stored");
        assertThat(second.body()).isEqualTo("hello");
        assertThat(cacheStatus(second)).isEqualTo("edge; hit; ttl=50");
        assertThat(second.headers().firstValue("age")).hasValue("10");
        assertThat(origin.asked()).hasSize(1);
        assertThat(origin.asked().get(0).target()).isEqualTo("/a?x=1");
    }

    @Test
    @DisplayName("RFC 9111, section 4.3.3: a 304 lets the stored response be updated and reused")
    void aStaleResponseIsValidatedAndFreshened() {
        origin.script((request, connection) -> connection.say(
                request.field("if-none-match").isEmpty()
                        ? "HTTP/1.1 200 OK\r\nCache-Control: max-age=5\r\nETag: \"v\"\r\nContent-Length: 2\r\n\r\nok"
                        : "HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=5\r\nETag: \"v\"\r\nX-New: 1\r\n\r\n"));
        gate.get("/v");
        gate.passes(Duration.ofSeconds(6));
        HttpResponse<String> validated = gate.get("/v");
        HttpResponse<String> hit = gate.get("/v");
        assertThat(validated.body()).isEqualTo("ok");
        assertThat(cacheStatus(validated)).contains("fwd=stale").contains("fwd-status=304");
        assertThat(validated.headers().firstValue("x-new")).hasValue("1");
        assertThat(cacheStatus(hit)).contains("hit");
        assertThat(origin.asked()).hasSize(2);
    }

    @Test
    @DisplayName("RFC 9111, section 4.3.2: a fresh stored response answers a customer's conditions")
    void conditionsOfTheCustomerAreAnsweredFromTheStore() {
        origin.answers("200 OK\nCache-Control: max-age=60\nETag: \"e\"", "hello");
        gate.get("/c");
        HttpResponse<String> response = gate.get("/c", "If-None-Match", "\"e\"");
        assertThat(response.statusCode()).isEqualTo(304);
        assertThat(response.body()).isEmpty();
        assertThat(gate.get("/c").statusCode()).isEqualTo(200);
        assertThat(origin.asked()).hasSize(1);
    }

    @Test
    @DisplayName("RFC 9111, section 4: a stored GET answers HEAD, and ranges (RFC 9110, section 14.2)")
    void headAndRangesAreAnsweredFromTheStore() {
        origin.answers("200 OK\nCache-Control: max-age=60\nETag: \"e\"", "0123456789");
        gate.get("/r");
        HttpResponse<String> head = gate.send("HEAD", "/r", "");
        HttpResponse<String> range = gate.get("/r", "Range", "bytes=2-4");
        HttpResponse<String> beyond = gate.get("/r", "Range", "bytes=20-");
        assertThat(head.headers().firstValue("content-length")).hasValue("10");
        assertThat(range.statusCode()).isEqualTo(206);
        assertThat(range.body()).isEqualTo("234");
        assertThat(range.headers().firstValue("content-range")).hasValue("bytes 2-4/10");
        assertThat(beyond.statusCode()).isEqualTo(416);
        assertThat(origin.asked()).hasSize(1);
    }

    @Test
    @DisplayName("RFC 9111, section 4: one forwarded request answers all that wait for the same")
    void manyRequestsForOneKeyReachTheOriginOnce() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        String content = "x".repeat(300_000);
        origin.script((request, connection) -> {
            release.await();
            connection.say(
                    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: " + content.length() + "\r\n\r\n");
            connection.say(content);
        });
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> responses = IntStream.range(0, 50)
                    .mapToObj(i -> clients.submit(() -> gate.get("/many")))
                    .toList();
            while (origin.asked().isEmpty()) {
                LockSupport.parkNanos(1_000_000);
            }
            release.countDown();
            for (Future<HttpResponse<String>> response : responses) {
                assertThat(response.get().body()).isEqualTo(content);
            }
        }
        assertThat(origin.asked()).hasSize(1);
    }

    @Test
    @DisplayName("RFC 9111, section 5.2.2.7: a private response is for one customer only")
    void whatMayNotBeStoredGoesToEachOnItsOwn() {
        origin.answers("200 OK\nCache-Control: private, max-age=60", "mine");
        assertThat(cacheStatus(gate.get("/p"))).doesNotContain("stored");
        assertThat(gate.get("/p").body()).isEqualTo("mine");
        assertThat(origin.asked()).hasSize(2);
    }

    @Test
    @DisplayName("RFC 9111, section 4.1: a stored response is not used where a nominated field differs")
    void variantsAreKeptApart() {
        origin.script((request, connection) -> {
            String language = request.field("accept-language");
            connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nVary: Accept-Language\r\nContent-Length: "
                    + language.length() + "\r\n\r\n" + language);
        });
        assertThat(gate.get("/l", "Accept-Language", "de").body()).isEqualTo("de");
        assertThat(gate.get("/l", "Accept-Language", "en").body()).isEqualTo("en");
        assertThat(gate.get("/l", "Accept-Language", "de").body()).isEqualTo("de");
        assertThat(origin.asked()).hasSize(2);
    }

    @Test
    @DisplayName("RFC 9111, sections 4 and 4.4: an unsafe request is written through and invalidates")
    void anUnsafeRequestPassesWithItsContentAndInvalidates() {
        origin.script((request, connection) ->
                connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: "
                        + request.content().length() + "\r\n\r\n" + request.content()));
        gate.get("/u");
        HttpResponse<String> post = gate.send("POST", "/u", "content of a POST");
        gate.get("/u");
        assertThat(post.body()).isEqualTo("content of a POST");
        assertThat(cacheStatus(post)).isEqualTo("edge; fwd=method; fwd-status=200");
        assertThat(origin.asked()).extracting(ScriptedOrigin.Asked::method).containsExactly("GET", "POST", "GET");
    }

    @Test
    @DisplayName("RFC 9111, section 3.3: an incomplete response is neither stored nor given out as complete")
    void aContentThatBreaksOffIsNeitherCompleteNorStored() throws IOException {
        for (String how : List.of("fin", "reset", "fin-chunked", "reset-chunked")) {
            CountDownLatch seen = new CountDownLatch(1);
            origin.script((request, connection) -> {
                boolean chunked = how.endsWith("chunked");
                connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                        + (chunked
                                ? "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
                                : "Content-Length: 10\r\n\r\nhello"));
                seen.await();
                if (how.startsWith("fin")) {
                    connection.close();
                } else {
                    connection.reset();
                }
            });
            String request = "GET /broken-" + how + " HTTP/1.1\r\nHost: a\r\n\r\n";
            String response = gate.raw(request, "hello", seen::countDown);
            assertThat(response).as(how).contains("hello").doesNotEndWith("0\r\n\r\n");
            gate.raw(request);
            assertThat(origin.asked()).as(how).hasSize(2);
        }
    }

    @Test
    void interimResponsesDoNotEndAnExchange() throws IOException {
        origin.script((request, connection) -> {
            connection.say("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n");
            connection.say(
                    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 5\r\n\r\n" + request.target());
        });
        String response = gate.raw("GET /abcd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(response)
                .startsWith("HTTP/1.1 103 Early Hints")
                .contains("HTTP/1.1 200 OK")
                .endsWith("/abcd");
        assertThat(gate.get("/efgh").body()).isEqualTo("/efgh");
    }

    @Test
    void aFewBytesTooManyDoNotSpoilTheNextResponse() {
        origin.script((request, connection) ->
                connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 5\r\n\r\n"
                        + request.target() + "xyz"));
        for (String target : List.of("/aaab", "/bbbc", "/cccd")) {
            HttpResponse<String> response = gate.get(target);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(target);
        }
    }

    @Test
    void whatAnOriginSendsBeyondItsLengthIsNotTheNextResponse() {
        origin.script((request, connection) -> connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                + "Content-Length: 5\r\n\r\n" + request.target()
                + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"));
        for (String target : List.of("/aaaa", "/bbbb", "/cccc")) {
            assertThat(gate.get(target).body()).isEqualTo(target);
        }
        assertThat(gate.send("POST", "/dddd", "").body()).isEqualTo("/dddd");
        assertThat(gate.get("/eeee").body()).isEqualTo("/eeee");
    }

    @Test
    void anOriginThatIsNotThereIsABadGateway() {
        try (GateUnderTest alone = new GateUnderTest("http://127.0.0.1:1")) {
            HttpResponse<String> get = alone.get("/x");
            HttpResponse<String> post = alone.send("POST", "/x", "content");
            assertThat(get.statusCode()).isEqualTo(502);
            assertThat(cacheStatus(get)).contains("detail=\"connection refused\"");
            assertThat(post.statusCode()).isEqualTo(502);
        }
    }

    @Test
    void aLoopIsDetected() {
        origin.answers("200 OK", "x");
        HttpResponse<String> response = gate.get("/loop", "CDN-Loop", "other, edge.sallyport; hops=1");
        assertThat(response.statusCode()).isEqualTo(508);
        gate.get("/via");
        assertThat(origin.asked().get(0).field("cdn-loop")).isEqualTo("edge.sallyport");
        assertThat(origin.asked().get(0).field("via")).isEqualTo("1.1 edge.sallyport");
    }

    @Test
    @DisplayName(
            "RFC 9111, section 4.3.3: a whole response to a conditional request is used and replaces the stored one")
    void aWholeResponseToAValidation() {
        origin.answers("200 OK\nCache-Control: max-age=5\nETag: \"1\"", "old");
        gate.get("/w");
        gate.passes(Duration.ofSeconds(6));
        origin.answers("200 OK\nCache-Control: max-age=5\nETag: \"2\"", "new");
        assertThat(gate.get("/w").body()).isEqualTo("new");
        assertThat(origin.asked().get(0).field("if-none-match")).isEqualTo("\"1\"");
        HttpResponse<String> hit = gate.get("/w");
        assertThat(hit.body()).isEqualTo("new");
        assertThat(cacheStatus(hit)).contains("hit");
        assertThat(hit.headers().allValues("etag")).containsExactly("\"2\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"must-revalidate", "proxy-revalidate", "no-cache", "s-maxage=5"})
    @DisplayName(
            "RFC 9111, sections 5.2.2.2, 5.2.2.4, 5.2.2.8 and 5.2.2.10: what must be validated is not served stale, but 502")
    void whatMustBeValidatedIsNotServedStale(String directive) {
        origin.answers("200 OK\nETag: \"1\"\nCache-Control: max-age=5, " + directive, "old");
        gate.get("/must-" + directive);
        gate.passes(Duration.ofSeconds(6));
        origin.script((request, connection) -> connection.close());
        assertThat(gate.get("/must-" + directive).statusCode()).isEqualTo(502);
        origin.answers("503 Service Unavailable", "sorry");
        assertThat(gate.get("/must-" + directive).statusCode()).isEqualTo(503);
    }

    @Test
    @DisplayName("RFC 9111, section 5.2.2.6: no-transform, and without it: content goes on as it came, octet for octet")
    void contentIsNeverTransformed() {
        origin.answers("200 OK\nCache-Control: max-age=60, no-transform\nContent-Encoding: gzip", "no gzip at all");
        HttpResponse<String> fill = gate.get("/t", "Accept-Encoding", "identity");
        HttpResponse<String> hit = gate.get("/t", "Accept-Encoding", "identity");
        assertThat(fill.body()).isEqualTo("no gzip at all");
        assertThat(hit.body()).isEqualTo("no gzip at all");
        assertThat(hit.headers().allValues("content-encoding")).containsExactly("gzip");
    }

    @Test
    @DisplayName("RFC 9110, section 7.6.3: Via names the version in which each message was received")
    void viaNamesTheReceivedVersion() throws IOException {
        origin.script((request, connection) -> {
            connection.say(
                    "HTTP/1.0 200 OK\r\nCache-Control: max-age=60\r\nVia: 1.1 before\r\nContent-Length: 2\r\n\r\nok");
            connection.close();
        });
        HttpResponse<String> fill = gate.get("/version");
        HttpResponse<String> hit = gate.get("/version");
        HttpResponse<String> pass = gate.send("POST", "/version", "content", "Via", "1.1 customer");
        assertThat(fill.headers().allValues("via")).containsExactly("1.1 before", "1.0 edge.sallyport");
        assertThat(hit.headers().allValues("via")).containsExactly("1.1 before", "1.0 edge.sallyport");
        assertThat(pass.headers().allValues("via")).containsExactly("1.1 before", "1.0 edge.sallyport");
        gate.raw("GET /old HTTP/1.0\r\nHost: a.example\r\n\r\n");
        gate.raw("POST /old HTTP/1.0\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n");
        assertThat(origin.asked())
                .extracting(asked -> asked.field("via"))
                .containsExactly(
                        "1.1 edge.sallyport",
                        "1.1 customer, 1.1 edge.sallyport",
                        "1.0 edge.sallyport",
                        "1.0 edge.sallyport");
    }

    @Test
    @DisplayName("RFC 9112, section 3.2.2: the authority of a target in absolute form replaces Host")
    void absoluteForm() throws IOException {
        origin.answers("200 OK\nCache-Control: max-age=60", "hello");
        String get = "GET HTTP://Shop.Example:80/abs?x=1 HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n";
        assertThat(gate.raw(get))
                .startsWith("HTTP/1.1 200 ")
                .contains("fwd=uri-miss")
                .endsWith("hello");
        assertThat(gate.raw(get)).contains("edge; hit");
        assertThat(gate.raw("GET /abs?x=1 HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n"))
                .contains("edge; hit");
        gate.raw("POST http://shop.example HTTP/1.1\r\nHost: other.example\r\n"
                + "Content-Length: 2\r\nConnection: close\r\n\r\nhi");
        assertThat(origin.asked())
                .extracting(ScriptedOrigin.Asked::target, asked -> asked.field("x-forwarded-host"))
                .containsExactly(tuple("/abs?x=1", "shop.example"), tuple("/", "shop.example"));
        assertThat(origin.asked().get(1).content()).isEqualTo("hi");
        for (String refused : List.of(
                "GET https://shop.example/ HTTP/1.1\r\nHost: shop.example",
                "GET http://me@shop.example/ HTTP/1.1\r\nHost: shop.example",
                "GET http:///abs HTTP/1.1\r\nHost: shop.example",
                "OPTIONS http://shop.example HTTP/1.1\r\nHost: shop.example",
                "GET http://shop.example/ HTTP/1.1\r\nX: y")) {
            assertThat(gate.raw(refused + "\r\nConnection: close\r\n\r\n"))
                    .as(refused)
                    .startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    @DisplayName("RFC 9110, section 9.3.3: a POST that names its own URI answers later GETs, in the mode rfc alone")
    void aPostMayBeStored() {
        origin.script((request, connection) -> connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                + (request.target().equals("/post") ? "Content-Location: /post\r\n" : "")
                + (request.target().equals("/cut") ? "Content-Location: /cut\r\n" : "")
                + "Content-Length: 70000\r\n\r\n"
                + "p".repeat(request.target().equals("/cut") ? 69_999 : 70_000)));
        try (GateUnderTest rfc = new GateUnderTest(origin.url(), "--sallyport.cache.mode=rfc")) {
            rfc.get("/post");
            HttpResponse<String> post = rfc.send("POST", "/post", "x".repeat(200_000));
            HttpResponse<String> get = rfc.get("/post");
            assertThat(post.body()).hasSize(70_000);
            assertThat(get.body()).isEqualTo(post.body());
            assertThat(cacheStatus(get)).isEqualTo("edge; hit; ttl=60");
            assertThat(rfc.send("HEAD", "/post", "").headers().firstValue("content-length"))
                    .hasValue("70000");
            assertThat(cacheStatus(rfc.send("POST", "/post", "again"))).contains("fwd=method");
            assertThat(origin.asked())
                    .extracting(
                            ScriptedOrigin.Asked::method,
                            asked -> asked.content().length())
                    .containsExactly(tuple("GET", 0), tuple("POST", 200_000), tuple("POST", 5));
            rfc.send("POST", "/other", "x");
            assertThat(cacheStatus(rfc.get("/other"))).contains("fwd=uri-miss");
        }
        gate.send("POST", "/post", "x");
        assertThat(cacheStatus(gate.get("/post"))).contains("fwd=uri-miss");
    }

    @Test
    @DisplayName(
            "RFC 9111, section 4.4: what a POST brings is not stored if its URI became invalid meanwhile, by another")
    void aPostIsStoredUnlessItsOwnUriIsInvalidatedMeanwhile() throws InterruptedException {
        BlockingQueue<String> posts = new LinkedBlockingQueue<>();
        Semaphore answers = new Semaphore(0);
        origin.script((request, connection) -> {
            String target = request.target();
            if (request.method().equals("POST")) {
                posts.add(target);
                answers.acquire();
            }
            connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Location: " + target
                    + "\r\nContent-Length: 4\r\n\r\npost");
        });
        try (GateUnderTest rfc = new GateUnderTest(origin.url(), "--sallyport.cache.mode=rfc")) {
            for (String target : List.of("/own", "/apart")) {
                CompletableFuture<HttpResponse<String>> post =
                        CompletableFuture.supplyAsync(() -> rfc.send("POST", target, "x"));
                assertThat(posts.take()).isEqualTo(target);
                rfc.send("PUT", "/own", "x");
                answers.release();
                assertThat(post.join().body()).isEqualTo("post");
                assertThat(cacheStatus(rfc.get(target))).contains(target.equals("/own") ? "fwd=uri-miss" : "edge; hit");
            }
        }
    }
}
