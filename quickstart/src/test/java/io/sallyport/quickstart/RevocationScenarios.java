package io.sallyport.quickstart;

import static io.sallyport.quickstart.PairUnderTest.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edge is revoked while its connections live: they end, new ones are refused, the other edge serves on. */
@Tag("full")
class RevocationScenarios {
    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(2);
    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(5);

    @Test
    void aRevokedEdgeIsOutWithinSecondsAndTheOtherServesOn(@TempDir Path state) throws Exception {
        try (TrialOrigin origin = new TrialOrigin();
                PairUnderTest pair = PairUnderTest.start(
                        state, "--edges=2", "--access-log=off", "--origin=http://localhost:" + origin.port());
                HttpClient operator = Clients.plain()) {
            String other = pair.endpoints.edges().get(1);
            assertThat(status(pair.customer, pair.endpoints.edge(), "/a")).isEqualTo(200);
            assertThat(status(pair.customer, other, "/b")).isEqualTo(200);
            assertThat(identity(operator, pair)).contains("\"edge-1\":", "\"edge-2\":");

            long before = System.nanoTime();
            assertThat(Clients.send(
                                    pair.admin,
                                    request(
                                                    pair.endpoints.pkiAdmin(),
                                                    "/api/v1/certificates/" + serial(pair, "edge-2") + "/revocation")
                                            .header("content-type", "application/json")
                                            .PUT(BodyPublishers.ofString("{\"reason\":\"keyCompromise\"}")))
                            .statusCode())
                    .isEqualTo(200);
            Duration refused = since(before, () -> refused(pair));
            Duration closed = since(before, () -> !identity(operator, pair).contains("\"edge-2\":"));
            System.out.printf(
                    "revoked: refused after %d ms, closed after %d ms%n", refused.toMillis(), closed.toMillis());
            assertThat(refused).isLessThan(REFUSED_WITHIN);
            assertThat(closed).isLessThan(CLOSED_WITHIN);
            assertThat(status(pair.customer, other, "/c")).isEqualTo(502);
            assertThat(status(pair.customer, pair.endpoints.edge(), "/d")).isEqualTo(200);
            assertThat(identity(operator, pair)).contains("\"edge-1\":");
        }
    }

    /** A new handshake with the revoked edge's key. */
    private static boolean refused(PairUnderTest pair) throws Exception {
        try (HttpClient edge = Clients.showing(pair.node("edge-2"), pair.root(), "TLSv1.3")) {
            Clients.send(edge, request(pair.endpoints.regional(), "/probe"));
            return false;
        } catch (java.io.IOException e) {
            return true;
        }
    }

    private interface Check {
        boolean holds() throws Exception;
    }

    private static Duration since(long before, Check check) throws Exception {
        while (!check.holds()) {
            assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(30));
        }
        return Duration.ofNanos(System.nanoTime() - before);
    }

    private static String identity(HttpClient operator, PairUnderTest pair) throws Exception {
        HttpResponse<String> response =
                Clients.send(operator, request(pair.endpoints.regionalManagement(), "/actuator/identity"));
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body().substring(response.body().indexOf("\"peerConnections\""));
    }

    private static int status(HttpClient customer, String edge, String path) throws Exception {
        return Clients.send(customer, request(edge, path)).statusCode();
    }

    private static String serial(PairUnderTest pair, String node) throws Exception {
        String listed = Clients.send(
                        pair.admin, request(pair.endpoints.pkiAdmin(), "/api/v1/certificates?nodeId=" + node))
                .body();
        Matcher serial = Pattern.compile("\"serial\":\"([0-9a-f]{40})\"").matcher(listed);
        assertThat(serial.find()).as(listed).isTrue();
        return serial.group(1);
    }
}
