package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.store.ResponseStore;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PurgeScenarios {
    private static final ScriptedOrigin origin = new ScriptedOrigin();
    private static GateUnderTest gate;

    @BeforeAll
    static void start() {
        gate = new GateUnderTest(
                origin.url(),
                "--management.server.port=0",
                "--management.server.address=127.0.0.1",
                "--management.endpoints.web.exposure.include=caches",
                "--management.endpoint.caches.access=unrestricted",
                "--sallyport.management.hosts=gate.example");
    }

    @AfterAll
    static void stop() throws IOException {
        gate.close();
        origin.close();
    }

    @BeforeEach
    void fill() {
        gate.bean(ResponseStore.class).clear();
        origin.script((request, connection) -> connection.say(
                request.field("if-none-match").isEmpty()
                        ? "HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nETag: \"v\"\r\nContent-Length: 2\r\n\r\nok"
                        : "HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=600\r\nETag: \"v\"\r\n\r\n"));
        for (String target : new String[] {"/a/1", "/a/2", "/b"}) {
            gate.get(target);
        }
        origin.asked().clear();
    }

    private static HttpResponse<String> purge(String content, String... fields) {
        String[] all = new String[fields.length + 2];
        all[0] = "Content-Type";
        all[1] = "application/json";
        System.arraycopy(fields, 0, all, 2, fields.length);
        return gate.manage("POST", "/actuator/purge", content, all);
    }

    private static String fromStore(String... targets) {
        StringBuilder hits = new StringBuilder();
        for (String target : targets) {
            String status = String.join(",", gate.get(target).headers().allValues("cache-status"));
            hits.append(status.contains("hit") ? 'h' : status.contains("304") ? 'v' : 'm');
        }
        return hits.toString();
    }

    private static String host() {
        return "127.0.0.1:" + gate.port();
    }

    @Test
    void aUrlIsPurgedAndCounted() {
        HttpResponse<String> done = purge("{\"url\": \"http://" + host() + "/a/1\"}");
        assertThat(done.statusCode()).isEqualTo(200);
        assertThat(done.body()).matches("\\{\"sequence\":\\d+,\"entries\":1}");
        assertThat(fromStore("/a/1", "/a/2", "/b")).isEqualTo("mhh");
        assertThat(purge("{\"url\": \"http://elsewhere.example/\"}").body()).endsWith("\"entries\":0}");
    }

    @Test
    void aPrefixAHostAndEverythingArePurged() {
        HttpResponse<String> done = purge("{\"prefix\": \"http://" + host() + "/a/\"}");
        assertThat(done.body()).matches("\\{\"sequence\":\\d+}");
        assertThat(fromStore("/a/1", "/a/2", "/b")).isEqualTo("mmh");
        purge("{\"host\": \"other.example\"}");
        assertThat(fromStore("/a/1", "/a/2", "/b")).isEqualTo("hhh");
        purge("{\"host\": \"" + host() + "\"}");
        assertThat(fromStore("/a/1", "/a/2", "/b")).isEqualTo("mmm");
        purge("{\"all\": true}");
        assertThat(fromStore("/a/1", "/a/2", "/b")).isEqualTo("mmm");
    }

    @Test
    void aSoftPurgeMakesStale() {
        purge("{\"url\": \"http://" + host() + "/a/1\", \"soft\": true}");
        assertThat(fromStore("/a/1", "/a/2", "/b")).isEqualTo("vhh");
        assertThat(fromStore("/a/1")).isEqualTo("h");
        purge("{\"all\": true, \"soft\": true}");
        assertThat(fromStore("/a/1", "/a/2", "/b")).isEqualTo("vvv");
        assertThat(origin.asked()).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    url    | false
                    url    | true
                    prefix | false
                    prefix | true
                    host   | false
                    all    | true
                    """)
    void aFillInFlightIsNeitherStoredAsFreshNorJoined(String selector, boolean soft) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch purged = new CountDownLatch(1);
        origin.script((request, connection) -> {
            boolean first = asked.getCount() > 0;
            asked.countDown();
            if (first) {
                purged.await();
            }
            connection.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nETag: \"" + first
                    + "\"\r\nContent-Length: 3\r\n\r\n" + (first ? "old" : "new"));
        });
        String value = selector.equals("all")
                ? "true"
                : selector.equals("host") ? "\"" + host() + "\"" : "\"http://" + host() + "/flight\"";
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<String>> first = clients.submit(() -> gate.get("/flight"));
            asked.await();
            assertThat(purge("{\"" + selector + "\": " + value + ", \"soft\": " + soft + "}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(gate.get("/flight").body()).isEqualTo("new");
            purged.countDown();
            assertThat(first.get().body()).isEqualTo("old");
        }
        assertThat(gate.get("/flight").body()).isEqualTo("new");
    }

    @Test
    void whatIsNoPurgeIsRefusedWithWhatWasExpected() {
        assertThat(purge("").body()).contains("expected a JSON object");
        assertThat(purge("[1]").statusCode()).isEqualTo(400);
        assertThat(purge("{}").body()).contains("exactly one of url, prefix, host, all: []");
        assertThat(purge("{\"url\": \"http://a/\", \"host\": \"a\"}").body()).contains("[url, host]");
        assertThat(purge("{\"url\": \"/a\"}").body()).contains("absolute http or https URL: /a");
        assertThat(purge("{\"url\": \"http://a/%zz\"}").statusCode()).isEqualTo(400);
        assertThat(purge("{\"url\": 7}").body()).contains("url to be a string: 7");
        assertThat(purge("{\"prefix\": \"http://a/b?c\"}").body()).contains("without a query");
        assertThat(purge("{\"host\": \"http://a\"}").body()).contains("NAME or NAME:PORT");
        assertThat(purge("{\"all\": false}").body()).contains("all to be true: false");
        assertThat(purge("{\"all\": true, \"soft\": \"yes\"}").body()).contains("soft to be true or false: yes");
        assertThat(purge("{\"all\": true, \"tag\": \"x\"}").body()).contains("unknown [tag]");
        assertThat(purge("{\"all\": true, \"all\": true}").statusCode()).isEqualTo(400);
        assertThat(purge("{\"all\": true}" + " ".repeat(1 << 20)).statusCode()).isEqualTo(413);
        assertThat(fromStore("/a/1", "/a/2", "/b")).isEqualTo("hhh");
    }

    @Test
    void noWebPageWritesOnTheManagementPort() throws IOException {
        String all = "{\"all\": true}";
        assertThat(purge(all, "Origin", "https://page.example").statusCode()).isEqualTo(403);
        assertThat(purge(all, "Origin", "null").statusCode()).isEqualTo(403);
        assertThat(gate.manage("POST", "/actuator/purge", all, "Content-Type", "text/plain")
                        .statusCode())
                .isEqualTo(415);
        assertThat(gate.manage("POST", "/actuator/purge", all).statusCode()).isEqualTo(415);
        assertThat(gate.manage("DELETE", "/actuator/caches/responses", "", "Origin", "http://page.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(rawPurge("rebound.example:" + gate.managementPort())).startsWith("HTTP/1.1 403");
        assertThat(fromStore("/a/1", "/a/2", "/b")).isEqualTo("hhh");
        assertThat(rawPurge("gate.example")).startsWith("HTTP/1.1 200");
        assertThat(purge(all, "Origin", "http://127.0.0.1:" + gate.managementPort())
                        .statusCode())
                .isEqualTo(200);
        assertThat(gate.manage("DELETE", "/actuator/caches/responses", "").statusCode())
                .isEqualTo(204);
        assertThat(gate.manage("GET", "/actuator/caches", "", "Origin", "https://page.example")
                        .statusCode())
                .isEqualTo(200);
    }

    private static String rawPurge(String host) throws IOException {
        return gate.rawTo(
                gate.managementPort(),
                "POST /actuator/purge HTTP/1.1\r\nHost: " + host
                        + "\r\nContent-Type: application/json\r\nContent-Length: 13\r\nConnection: close\r\n\r\n"
                        + "{\"all\": true}");
    }
}
