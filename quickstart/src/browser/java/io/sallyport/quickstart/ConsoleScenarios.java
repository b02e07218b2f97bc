package io.sallyport.quickstart;

import static io.sallyport.quickstart.PairUnderTest.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.io.IOException;
import java.io.StringWriter;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The consoles as operators see them, in a real browser against the running pair. */
@Tag("full")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleScenarios {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int FIRST_LOAD = 150 * 1000;

    private final TrialOrigin origin = new TrialOrigin();
    private final HttpClient plain = Clients.plain();
    private Chromium chromium;
    private PairUnderTest pair;

    @BeforeAll
    void start(@TempDir Path state) throws Exception {
        chromium = new Chromium();
        pair = PairUnderTest.start(state, "--origin=http://localhost:" + origin.port(), "--edges=2");
        for (int i = 0; i < 40; i++) {
            pair.get("/page-" + i % 9);
        }
        try (HttpClient stranger = Clients.showing(null, pair.root(), "TLSv1.3")) {
            Clients.send(stranger, request(pair.endpoints.regional(), "/"));
        } catch (IOException refused) {
            // As it should be: the console shows it.
        }
    }

    @AfterAll
    void stop() throws IOException {
        chromium.close();
        pair.close();
        origin.close();
        plain.close();
    }

    private ConsolePage open(String base, ColorScheme scheme) {
        return new ConsolePage(chromium.browser, scheme, base, Optional.empty());
    }

    private ConsolePage openAdmin(ColorScheme scheme) {
        return new ConsolePage(chromium.browser, scheme, pair.endpoints.pkiAdmin(), Optional.of(pair.admin()));
    }

    private JsonNode actuator(String base, String path) throws Exception {
        HttpResponse<String> answer = Clients.send(plain, request(base, "/actuator/" + path));
        assertThat(answer.statusCode()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private String meter(String base, String series) throws Exception {
        return Clients.send(plain, request(base, "/actuator/prometheus"))
                .body()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .map(line -> line.substring(series.length() + 1))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(names = {"LIGHT", "DARK"})
    void everyConsoleIsAccessibleAndSilent(ColorScheme scheme) throws Exception {
        String suffix = scheme == ColorScheme.DARK ? "-dark" : "";
        try (ConsolePage edge = open(pair.endpoints.edgeManagement(), scheme)) {
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 20; j++) {
                    pair.get("/" + (j % 4 == i % 4 ? "seen-" + i + j + suffix : "page-" + j % 9));
                }
                edge.updatedAgain();
            }
            edge.picture("edge" + suffix);
            edge.isWellMade();
        }
        try (ConsolePage regional = open(pair.endpoints.regionalManagement(), scheme)) {
            regional.picture("regional" + suffix);
            regional.isWellMade();
        }
        try (ConsolePage pki = open(pair.endpoints.pkiManagement(), scheme)) {
            pki.picture("pki" + suffix);
            pki.isWellMade();
        }
        try (ConsolePage admin = openAdmin(scheme)) {
            admin.picture("admin" + suffix);
            admin.isWellMade();
        }
    }

    @Test
    void aGatesNumbersAreThoseOfItsEndpoints() throws Exception {
        for (String base : List.of(pair.endpoints.edgeManagement(), pair.endpoints.regionalManagement())) {
            try (ConsolePage gate = open(base, ColorScheme.LIGHT)) {
                JsonNode cache = actuator(base, "httpcache");
                JsonNode route = cache.get("routes").get("everything");
                assertThat(route.get("requests").asLong()).isPositive();
                assertThat(gate.value("routes", "everything", 0))
                        .isEqualTo(route.get("requests").asString());
                assertThat(Double.parseDouble(gate.value("routes", "everything", 1)))
                        .isEqualTo(route.get("hitRatio").asDouble());
                assertThat(Double.parseDouble(gate.value("routes", "everything", 2)))
                        .isEqualTo(route.get("byteHitRatio").asDouble());
                assertThat(gate.value("outcomes", "miss", 0))
                        .isEqualTo(route.get("outcomes").get("miss").asString());
                assertThat(gate.text("requests"))
                        .isEqualTo(route.get("requests").asString());
                assertThat(gate.text("store-entries"))
                        .isEqualTo(cache.get("store").get("entries").asString() + " responses");
                JsonNode identity = actuator(base, "identity");
                assertThat(gate.text("who")).isEqualTo(identity.get("node").asString());
                assertPeers(gate, base);
                assertThat(gate.row("certificates", "Own").locator("td.code").getAttribute("title"))
                        .isEqualTo(identity.get("chain").get(0).get("serial").asString());
                double fetches = 0;
                for (String kind : List.of("fill", "pass")) {
                    fetches += Double.parseDouble(meter(
                            base,
                            "sallyport_upstream_fetches_seconds_count{kind=\"" + kind
                                    + "\",route=\"everything\",tier=\""
                                    + cache.get("tier").asString() + "\"}"));
                }
                assertThat(Double.parseDouble(gate.value("upstreams", "everything", 1)))
                        .isEqualTo(fetches);
            }
        }
    }

    /**
     * Connections come and go: the page, which asks for its peers every half minute, and the endpoint are compared until they
     * speak of the same moment.
     */
    private void assertPeers(ConsolePage gate, String base) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(100);
        while (true) {
            List<String> shown = gate.heads("peers");
            List<String> there =
                    List.copyOf(actuator(base, "identity").get("peerConnections").propertyNames());
            if (shown.equals(there)) {
                return;
            }
            assertThat(System.nanoTime()).as("shown %s, there %s", shown, there).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    @Test
    void refusedHandshakesAreShownWithTheirReason() throws Exception {
        String base = pair.endpoints.regionalManagement();
        try (ConsolePage regional = open(base, ColorScheme.LIGHT)) {
            String counted = meter(
                    base,
                    "sallyport_tls_handshakes_total{reason=\"no-certificate\",result=\"failure\",side=\"server\"}");
            assertThat(Double.parseDouble(regional.value("handshakes", "no-certificate", 0)))
                    .isPositive()
                    .isEqualTo(Double.parseDouble(counted));
        }
    }

    @Test
    void theFirstLoadIsSmallAndUpdatesAreCheap() {
        try (ConsolePage edge = open(pair.endpoints.edgeManagement(), ColorScheme.LIGHT)) {
            assertThat(edge.octets()).isLessThan(FIRST_LOAD);
            CDPSession session = edge.page.context().newCDPSession(edge.page);
            session.send("Performance.enable");
            edge.updatedSeldomLooking(1);
            double[] before = work(session);
            edge.updatedSeldomLooking(3);
            double[] after = work(session);
            assertThat((after[0] - before[0]) / (after[1] - before[1]))
                    .as("share of one core")
                    .isLessThan(0.01);
        }
        try (ConsolePage pki = open(pair.endpoints.pkiManagement(), ColorScheme.LIGHT)) {
            assertThat(pki.octets()).isLessThan(FIRST_LOAD);
        }
    }

    /** Seconds of a core that the page took, and seconds. */
    private static double[] work(CDPSession session) {
        double[] numbers = new double[2];
        session.send("Performance.getMetrics").getAsJsonArray("metrics").forEach(metric -> {
            String name = metric.getAsJsonObject().get("name").getAsString();
            double value = metric.getAsJsonObject().get("value").getAsDouble();
            if (name.equals("ProcessTime")) {
                numbers[0] = value;
            } else if (name.equals("Timestamp")) {
                numbers[1] = value;
            }
        });
        return numbers;
    }

    @Test
    void allIsReachedByKeyboardAndTheFocusIsSeen() {
        try (ConsolePage edge = open(pair.endpoints.edgeManagement(), ColorScheme.LIGHT)) {
            // A browser's own controls come before the page in its order of focus: begin with the page's first.
            edge.page.locator("a, button, [tabindex='0']").first().focus();
            int reachable = edge.page.locator("a, button, [tabindex='0']").count();
            List<String> walk = new ArrayList<>();
            for (int i = 0; i < reachable; i++) {
                walk.add(edge.page
                        .evaluate(
                                "(document.activeElement.id || document.activeElement.textContent.trim() || document.activeElement.getAttribute('aria-label'))")
                        .toString());
                assertThat(edge.page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                        .as("outline of %s", walk.getLast())
                        .isEqualTo("solid");
                edge.page.keyboard().press("Tab");
            }
            assertThat(walk)
                    .doesNotHaveDuplicates()
                    .startsWith("To the content", "Traffic", "Upstream", "Trust", "pause");
            edge.page.locator("#pause").focus();
            edge.page.keyboard().press("Space");
            assertThat(edge.page.locator("#pause").getAttribute("aria-pressed")).isEqualTo("true");
            assertThat(edge.text("said")).isEqualTo("Updates are paused.");
            edge.page.keyboard().press("Space");
            edge.updatedAgain();
            edge.page.locator(".skip").focus();
            edge.page.keyboard().press("Enter");
            assertThat(edge.page.evaluate("document.activeElement.id")).isEqualTo("main");
        }
    }

    @Test
    void theManagementPortOfThePkiShowsAndChangesNothing() throws Exception {
        String base = pair.endpoints.pkiManagement();
        try (ConsolePage pki = open(base, ColorScheme.LIGHT)) {
            String issued = meter(base, "sallyport_pki_certificates{status=\"issued\"}");
            assertThat(Double.parseDouble(
                            String.valueOf(pki.page.locator("#count-issued").getAttribute("data-value"))))
                    .isEqualTo(Double.parseDouble(issued));
            assertThat(pki.heads("certificates")).contains("edge-1", "edge-2", "regional-1");
            assertThat(pki.page
                            .locator("dialog, form:not([role=search]), textarea")
                            .count())
                    .isZero();
            assertThat(pki.page
                            .getByText("Revoke", new Page.GetByTextOptions().setExact(true))
                            .count())
                    .isZero();
            pki.page.locator("#search").fill("EDGE-2");
            pki.page.keyboard().press("Enter");
            pki.row("certificates", "edge-1")
                    .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
            assertThat(pki.heads("certificates")).isNotEmpty().containsOnly("edge-2");
        }
        assertThat(Clients.send(plain, request(base, "/console/inventory")).body())
                .contains("edge-1")
                .doesNotContain("BEGIN CERTIFICATE");
        for (String path : List.of("/console/admin.js", "/api/v1/certificates", "/api/v1/enrollment-tokens")) {
            assertThat(Clients.send(plain, request(base, path)).statusCode())
                    .as(path)
                    .isEqualTo(404);
        }
    }

    @Test
    void anAdminIssuesRevokesAndMakesTokens() throws Exception {
        try (ConsolePage admin = openAdmin(ColorScheme.LIGHT)) {
            admin.page.locator("#token-node").fill("spare-1");
            admin.page.locator("#token-role").selectOption("edge");
            admin.page.locator("#token button").click();
            assertThat(admin.page.locator(".answer pre").first().textContent()).startsWith("sp1.");

            admin.page.locator("#issue-node").fill("spare-2");
            admin.page.locator("#issue-csr").fill(certificationRequest("spare-2"));
            admin.page.locator("#issue button").click();
            admin.row("certificates", "spare-2").waitFor();
            assertThat(admin.page.locator(".answer pre").last().textContent()).contains("BEGIN CERTIFICATE");

            admin.row("certificates", "spare-2").locator("button").click();
            var confirm = admin.page.locator("dialog .danger");
            assertThat(confirm.isDisabled()).isTrue();
            admin.pictureOfTheWindow("revoke");
            admin.isWellMade();
            admin.page.keyboard().press("Escape");
            assertThat(admin.page.locator("dialog").isVisible()).isFalse();
            assertThat(admin.row("certificates", "spare-2").textContent()).doesNotContain("revoked");

            admin.row("certificates", "spare-2").locator("button").click();
            admin.page.locator("#revoke-node").fill("spare-1");
            assertThat(confirm.isDisabled()).isTrue();
            admin.page.locator("#revoke-node").fill("spare-2");
            admin.page.locator("#revoke-reason").selectOption("keyCompromise");
            confirm.click();
            admin.page
                    .locator("#certificates tr:has-text('spare-2'):has-text('revoked, keyCompromise')")
                    .waitFor();
            assertThat(admin.row("certificates", "spare-2").locator("button").count())
                    .isZero();

            admin.page.locator("#token-dns").fill("www.example.org");
            admin.page.locator("#token button").click();
            admin.page.locator("#token .fault:not(:empty)").waitFor();
            assertThat(admin.page.locator("#token .fault").textContent()).contains("www.example.org");
        }
        assertThat(Clients.send(pair.admin, request(pair.endpoints.pkiAdmin(), "/api/v1/certificates?nodeId=spare-2"))
                        .body())
                .contains("\"status\":\"revoked\"", "keyCompromise");
    }

    private static String certificationRequest(String node) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair pair = generator.generateKeyPair();
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            pem.writeObject(new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=" + node), pair.getPublic())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
        }
        return text.toString();
    }
}
