package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("full") // it starts several gates
@DisplayName("A request goes to the first gate of the list that takes it")
class RegionalListScenarios {
    private static final String ROUTE = "--spring.cloud.gateway.server.webflux.routes[";
    private static final ScriptedOrigin first = new ScriptedOrigin();
    private static final ScriptedOrigin second = new ScriptedOrigin();
    private static GateUnderTest gate;

    @BeforeAll
    static void start() throws IOException {
        String nobody;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = "http://127.0.0.1:" + taken.getLocalPort();
        }
        gate = new GateUnderTest(
                "regional://main",
                "--management.server.port=0",
                "--management.server.address=127.0.0.1",
                "--management.endpoints.web.exposure.include=upstreams",
                "--logging.level.io.sallyport=ERROR",
                "--sallyport.upstream.back-off=100ms",
                "--sallyport.upstream.regionals.main[0]=" + first.url(),
                "--sallyport.upstream.regionals.main[1]=" + second.url(),
                "--sallyport.upstream.regionals.half[0]=" + nobody,
                "--sallyport.upstream.regionals.half[1]=" + second.url(),
                "--sallyport.upstream.regionals.none[0]=" + nobody,
                ROUTE + "1].id=half",
                ROUTE + "1].order=-1",
                ROUTE + "1].uri=regional://half",
                ROUTE + "1].predicates[0]=Path=/half/**",
                ROUTE + "1].filters[0]=HttpCache",
                ROUTE + "2].id=none",
                ROUTE + "2].order=-1",
                ROUTE + "2].uri=regional://none",
                ROUTE + "2].predicates[0]=Path=/none/**");
    }

    @AfterAll
    static void stop() throws IOException {
        gate.close();
        first.close();
        second.close();
    }

    /** Both answer, and the first one is known to. */
    @BeforeEach
    void bothAnswer() {
        first.answers("200 OK\nCache-Control: no-store\nX-From: first", "content");
        second.answers("200 OK\nCache-Control: no-store\nX-From: second", "content");
        while (!from(gate.get("/is-the-first-back")).equals("first")) {
            LockSupport.parkNanos(1_000_000);
        }
        first.answers("200 OK\nCache-Control: no-store\nX-From: first", "content");
        second.answers("200 OK\nCache-Control: no-store\nX-From: second", "content");
    }

    private static String from(HttpResponse<String> response) {
        return response.headers().firstValue("X-From").orElse(response.statusCode() + "");
    }

    private static void closesBeforeTheHead() {
        first.script((request, connection) -> connection.close());
    }

    @Test
    void theFirstIsAskedAsLongAsItAnswers() {
        assertThat(from(gate.get("/page?a=1&&b=%26"))).isEqualTo("first");
        assertThat(from(gate.send("POST", "/page", "text"))).isEqualTo("first");
        assertThat(first.asked().getFirst().target()).isEqualTo("/page?a=1&&b=%26");
        assertThat(second.asked()).isEmpty();
    }

    @Test
    void whereNobodyListensTheNextOneIsAskedWhateverTheMethod() {
        assertThat(from(gate.get("/half/page"))).isEqualTo("second");
        assertThat(from(gate.send("POST", "/half/page", "text"))).isEqualTo("second");
        assertThat(second.asked().getLast().content()).isEqualTo("text");
        assertThat(gate.get("/none/page").statusCode()).isEqualTo(502);
    }

    @Test
    void aSafeRequestWhoseConnectionEndedIsSentOnceMore() {
        closesBeforeTheHead();
        assertThat(from(gate.get("/fill"))).isEqualTo("second");
        assertThat(from(gate.send("OPTIONS", "/pass", ""))).isEqualTo("second");
    }

    @Test
    void anUnsafeRequestWhoseConnectionEndedIsNot() {
        closesBeforeTheHead();
        assertThat(gate.send("POST", "/page", "text").statusCode()).isEqualTo(502);
        assertThat(gate.send("DELETE", "/page", "").statusCode()).isEqualTo(502);
        assertThat(second.asked()).isEmpty();
    }

    @Test
    void noRequestIsSentAThirdTime() {
        closesBeforeTheHead();
        second.script((request, connection) -> connection.close());
        assertThat(gate.get("/page").statusCode()).isEqualTo(502);
        assertThat(first.asked()).hasSize(1);
        assertThat(second.asked()).hasSize(1);
    }

    @Test
    void aGateThatSaysThatItEndsIsPassedOver() {
        first.answers("503 Service Unavailable\nSallyport-Draining: ?1", "ending");
        for (String target : new String[] {"/one", "/two", "/three"}) {
            assertThat(from(gate.get(target))).isEqualTo("second");
        }
        assertThat(first.asked()).isNotEmpty();
        assertThat(second.asked()).hasSize(3);
        assertThat(second.asked().getFirst().fields()).doesNotContainKey("x-from");
    }

    @Test
    void aGateThatAnswersAnErrorHasAnswered() {
        first.answers("503 Service Unavailable\nX-From: first\nRetry-After: 1", "busy");
        assertThat(from(gate.get("/page"))).isEqualTo("first");
        assertThat(second.asked()).isEmpty();
    }

    @Test
    void whatItSaysToItsPeersIsNothingForCustomers() {
        first.answers("503 Service Unavailable\nSallyport-Draining: ?1", "ending");
        HttpResponse<String> refused = gate.send("POST", "/page", "text");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().map()).doesNotContainKey("sallyport-draining");
    }

    @Test
    void aGateThatFailsIsPassedOverForATimeAndFoundAgain() {
        first.answers("503 Service Unavailable\nSallyport-Draining: ?1", "ending");
        assertThat(from(gate.get("/away"))).isEqualTo("second");
        assertThat(gate.manage("GET", "/actuator/upstreams", "").body())
                .contains("\"uri\":\"" + first.url() + "\"", "\"reason\":\"draining\"");
        first.answers("200 OK\nCache-Control: no-store\nX-From: first", "content");
        while (!from(gate.get("/back")).equals("first")) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(gate.manage("GET", "/actuator/upstreams", "").body())
                .contains("{\"uri\":\"" + first.url() + "\",\"state\":\"up\"");
    }
}
