package io.sallyport.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an upgrade may not change: an API server refuses other selectors, and other claims of a StatefulSet. */
class UpgradeTests {
    @TempDir
    Path temporary;

    private static Map<String, Object> immutable(Chart chart, Path values) {
        Map<String, Object> fixed = new HashMap<>();
        for (Rendered object : chart.render(values)) {
            if (object.isService()) {
                fixed.put(
                        object.name() + " selector",
                        object.at("spec", "selector").orElseThrow());
                if (object.kind().equals("StatefulSet")) {
                    fixed.put(object.name() + " serviceName", object.text("spec", "serviceName"));
                    fixed.put(
                            object.name() + " claims",
                            object.at("spec", "volumeClaimTemplates").orElse("none"));
                }
            }
        }
        return fixed;
    }

    @Test
    void aNewVersionKeepsSelectorsAndClaims() throws IOException {
        Chart next = Chart.withTestPods(temporary);
        Path file = temporary.resolve("sallyport/Chart.yaml");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("version: 0.1.0", "version: 9.9.9")
                        .replace("\"0.1.0\"", "\"9.9.9\""));
        for (Path values : Chart.valueSets()) {
            assertThat(immutable(next, values)).as("%s", values).isEqualTo(immutable(Chart.itself(), values));
        }
    }

    @Test
    void otherValuesKeepSelectorsAndClaims() {
        Map<String, Object> first = immutable(Chart.itself(), Chart.valueSets().getFirst());
        for (String other : new String[] {"10-node-port", "11-digests", "13-monitoring"}) {
            Path values = Chart.valueSets().stream()
                    .filter(file -> file.toString().contains(other))
                    .findFirst()
                    .orElseThrow();
            assertThat(immutable(Chart.itself(), values)).as(other).isEqualTo(first);
        }
    }
}
