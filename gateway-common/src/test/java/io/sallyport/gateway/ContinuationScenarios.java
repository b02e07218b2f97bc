package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.store.ResponseStore;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A content that broke off is continued where its validator allows it (RFC 9110, section 13.1.5; RFC 9111, section 3.4). */
class ContinuationScenarios {
    private static final String CONTENT = "0123456789abcdefghij";
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
        gate.bean(ResponseStore.class).clear();
    }

    private static String whole(String tag, boolean chunked) {
        return "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nETag: " + tag + "\r\n"
                + (chunked
                        ? "Transfer-Encoding: chunked\r\n\r\n5\r\n" + CONTENT.substring(0, 5) + "\r\n"
                        : "Content-Length: 20\r\n\r\n" + CONTENT.substring(0, 5));
    }

    private static String part(String tag, int first, String range) {
        String content = CONTENT.substring(first);
        return "HTTP/1.1 206 Partial Content\r\nCache-Control: max-age=60\r\nETag: " + tag + "\r\nContent-Range: "
                + range + "\r\nContent-Length: " + content.length() + "\r\n\r\n" + content;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBrokenContentIsResumedAndStored(boolean chunked) {
        origin.script((request, connection) -> {
            if (request.field("range").isEmpty()) {
                connection.say(whole("\"a\"", chunked));
                connection.reset();
            } else {
                connection.say(part("\"a\"", 5, "bytes 5-19/20"));
            }
        });
        HttpResponse<String> response = gate.get("/resumed-" + chunked);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(CONTENT);
        assertThat(origin.asked()).hasSize(2);
        assertThat(origin.asked().get(1).field("range")).isEqualTo("bytes=5-");
        assertThat(origin.asked().get(1).field("if-range")).isEqualTo("\"a\"");
        assertThat(gate.get("/resumed-" + chunked).body()).isEqualTo(CONTENT);
        assertThat(origin.asked()).hasSize(2);
    }

    @Test
    void itIsResumedTwiceAtMost() throws IOException {
        AtomicInteger first = new AtomicInteger(5);
        origin.script((request, connection) -> {
            if (request.field("range").isEmpty()) {
                connection.say(whole("\"a\"", false));
            } else {
                int from = first.getAndAdd(2);
                String part = part("\"a\"", from, "bytes " + from + "-19/20");
                connection.say(part.substring(0, part.length() - (CONTENT.length() - from) + 2));
            }
            connection.close();
        });
        String response = gate.raw("GET /twice HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(response).endsWith("\r\n\r\n" + CONTENT.substring(0, 9));
        assertThat(origin.asked())
                .extracting(asked -> asked.field("range"))
                .containsExactly("", "bytes=5-", "bytes=7-");
    }

    @Test
    void nothingElseContinuesIt() throws IOException {
        List<String> others = List.of(
                whole("\"a\"", false),
                part("\"b\"", 5, "bytes 5-19/20"),
                part("W/\"a\"", 5, "bytes 5-19/20"),
                part("\"a\"", 5, "bytes 4-18/20"),
                part("\"a\"", 5, "bytes 5-19/21"),
                part("\"a\"", 5, "bytes 5-19/*"),
                part("\"a\"", 5, "bytes 5-18/20"),
                part("\"a\"", 5, "bytes 5-19/20").replace("ETag", "X-Tag"),
                "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        for (String other : others) {
            origin.script((request, connection) -> {
                connection.say(request.field("range").isEmpty() ? whole("\"a\"", false) : other);
                connection.close();
            });
            String target = "/other-" + others.indexOf(other);
            String response = gate.raw("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(response).as(other).endsWith("\r\n\r\n" + CONTENT.substring(0, 5));
            origin.answers("200 OK\nCache-Control: max-age=60", "anew");
            assertThat(gate.get(target).body()).as(other).isEqualTo("anew");
        }
    }

    @Test
    void aWeakTagResumesNothing() throws IOException {
        origin.script((request, connection) -> {
            connection.say(whole("W/\"a\"", false));
            connection.close();
        });
        gate.raw("GET /weak HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(origin.asked()).hasSize(1);
    }
}
