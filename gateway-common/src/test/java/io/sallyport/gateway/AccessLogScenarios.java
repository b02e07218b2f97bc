package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sallyport.gateway.ScriptedOrigin.Asked;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("full") // it starts a pair of gates
@DisplayName("The lines of edge, regional gate and origin can be joined")
class AccessLogScenarios {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";
    private static final ScriptedOrigin origin = new ScriptedOrigin();

    @TempDir
    static Path directory;

    private static GateUnderTest regional;
    private static GateUnderTest edge;

    @BeforeAll
    static void start() {
        regional = new GateUnderTest(
                origin.url(),
                "--sallyport.tier=regional",
                "--sallyport.access-log=json",
                "--sallyport.request-id-field=X-Request-Id",
                "--test.access-log-file=" + directory.resolve("regional.log"));
        edge = new GateUnderTest(
                "http://127.0.0.1:" + regional.port(),
                "--sallyport.access-log=json",
                "--test.access-log-file=" + directory.resolve("edge.log"));
    }

    @AfterAll
    static void stop() throws IOException {
        edge.close();
        regional.close();
        origin.close();
    }

    /** The lines about a target, once there are so many. */
    private static List<JsonNode> lines(String log, String target, int count) throws IOException {
        while (true) {
            List<JsonNode> found = new ArrayList<>();
            for (String line : Files.readAllLines(directory.resolve(log))) {
                if (line.endsWith("}") && line.contains("\"" + target + "\"")) {
                    found.add(JSON.readTree(line));
                }
            }
            if (found.size() >= count) {
                return found;
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static String text(JsonNode line, String name) {
        return line.path(name).asString("");
    }

    @Test
    void everyReaderOfAFillNamesIt() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        origin.script((request, connection) -> {
            release.await();
            connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\npage");
        });
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            for (int client = 0; client < 3; client++) {
                answers.add(clients.submit(() -> edge.get("/shared", "Sallyport-Request-Id", "mine")));
            }
            while (origin.asked().isEmpty()) {
                LockSupport.parkNanos(1_000_000);
            }
            release.countDown();
            for (Future<HttpResponse<String>> answer : answers) {
                assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
        }
        assertThat(edge.get("/shared").statusCode()).isEqualTo(200);
        List<JsonNode> lines = lines("edge.log", "/shared", 4);
        assertThat(lines).extracting(line -> text(line, "http.request.id")).doesNotHaveDuplicates();
        assertThat(lines).extracting(line -> text(line, "http.request.id")).allMatch(id -> id.matches("[0-9a-f]{16}"));
        JsonNode leader = lines.stream()
                .filter(line -> text(line, "sallyport.cache.outcome").equals("miss"))
                .findFirst()
                .orElseThrow();
        String fill = text(leader, "sallyport.fill.id");
        assertThat(fill).matches("[0-9a-f]{16}");
        assertThat(lines)
                .filteredOn(line -> text(line, "sallyport.cache.outcome").equals("collapsed"))
                .allMatch(line -> text(line, "sallyport.fill.id").equals(fill));
        assertThat(lines)
                .filteredOn(line -> text(line, "sallyport.cache.outcome").equals("hit"))
                .singleElement()
                .as("a hit reads from no fill")
                .matches(line -> !line.has("sallyport.fill.id"));
        JsonNode inner = lines("regional.log", "/shared", 1).getFirst();
        assertThat(text(inner, "http.request.id")).isEqualTo(fill);
        Asked asked = origin.asked().getFirst();
        assertThat(asked.field("X-Request-Id")).isEqualTo(text(inner, "sallyport.fill.id"));
        assertThat(asked.fields()).doesNotContainKey("sallyport-request-id");
    }

    @Test
    void whatIsHandedOnKeepsItsName() throws IOException {
        origin.answers("200 OK", "done");
        edge.send("POST", "/handed-on", "text");
        String id = text(lines("edge.log", "/handed-on", 1).getFirst(), "http.request.id");
        assertThat(text(lines("regional.log", "/handed-on", 1).getFirst(), "http.request.id"))
                .isEqualTo(id);
        assertThat(origin.asked().getFirst().field("X-Request-Id")).isEqualTo(id);
    }

    @Test
    void traceContextGoesToTheOriginAndIsNotStored() throws IOException {
        origin.answers("200 OK\nCache-Control: max-age=60\ntraceparent: " + PARENT, "page");
        edge.get("/traced", "traceparent", PARENT, "tracestate", "a=1");
        assertThat(origin.asked().getFirst().field("traceparent")).isEqualTo(PARENT);
        assertThat(origin.asked().getFirst().field("tracestate")).isEqualTo("a=1");
        HttpResponse<String> hit = edge.get("/traced");
        assertThat(hit.headers().allValues("Cache-Status").toString()).contains("edge; hit");
        assertThat(hit.headers().map()).doesNotContainKey("traceparent");
        assertThat(lines("edge.log", "/traced", 2)) // the first answer's end may be told after the second's
                .extracting(line -> text(line, "sallyport.cache.outcome"), line -> text(line, "trace.id"))
                .containsExactlyInAnyOrder(tuple("miss", TRACE), tuple("hit", ""));
        assertThat(text(lines("regional.log", "/traced", 1).getFirst(), "trace.id"))
                .isEqualTo(TRACE);
    }

    @Test
    void whatIsNoTraceContextIsDropped() {
        origin.answers("200 OK\nCache-Control: no-store", "page");
        edge.get("/malformed", "traceparent", PARENT.replace('4', 'X'), "tracestate", "a=1");
        assertThat(origin.asked().getFirst().fields()).doesNotContainKeys("traceparent", "tracestate");
    }
}
