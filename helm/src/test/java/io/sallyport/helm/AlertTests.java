package io.sallyport.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The alerts as files; what they do is tested by promtool (sallyport.rules.test.yaml, run by .ci/run). */
class AlertTests {
    private static final Path RULES = Chart.DIRECTORY.resolve("alerts/sallyport.rules.yaml");

    private static List<Rendered> alerts() throws IOException {
        return new Rendered((Map<?, ?>) Chart.read(Files.readString(RULES)))
                .list("groups").stream()
                        .flatMap(group -> group.list("rules").stream())
                        .filter(rule -> rule.at("alert").isPresent())
                        .toList();
    }

    @Test
    void theAlertsAreThose() throws IOException {
        assertThat(alerts())
                .extracting(alert -> alert.text("alert"))
                .containsExactlyInAnyOrder(
                        "SallyportHitRatioDrop",
                        "SallyportOriginErrors",
                        "SallyportCertificateExpiring",
                        "SallyportRenewalOverdue",
                        "SallyportCrlStale",
                        "SallyportHandshakeRefusals",
                        "SallyportStoreThrashing",
                        "SallyportPkiSignerDown");
    }

    @Test
    void eachHasARunbookThatIsThereATestAndASeverity() throws IOException {
        String tests = Files.readString(RULES.resolveSibling("sallyport.rules.test.yaml"));
        for (Rendered alert : alerts()) {
            String name = alert.text("alert");
            assertThat(alert.text("annotations", "runbook_url")).isEqualTo("docs/runbooks/" + name + ".md");
            assertThat(Path.of("..", "docs", "runbooks", name + ".md"))
                    .content()
                    .startsWith("# " + name + "\n")
                    .contains("## Meaning", "## Check", "## Fix");
            assertThat(tests).contains("alertname: " + name);
            assertThat(alert.text("labels", "severity")).isIn("warning", "critical");
            assertThat(alert.at("for")).as("%s waits", name).isPresent();
        }
    }
}
