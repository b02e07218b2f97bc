package io.sallyport.helm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That the strict check bites: the faults that it is there for, put into objects that are right. */
class ObjectModelsTests {
    private static final Path EVERYTHING = Path.of("src/test/resources/values/02-everything.yaml");

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            Deployment              | {spec: {replica: 2}}                                       | replica
            Deployment              | {spec: {template: {spec: {containers: [{nam: a}]}}}}       | nam
            Deployment              | {spec: {selector: null}}                                   | selector
            StatefulSet             | {spec: {replicas: two}}                                    | two
            Service                 | {spec: {ports: [{port: 1, target: 2}]}}                    | target
            NetworkPolicy           | {spec: {ingress: [{form: []}]}}                            | form
            HorizontalPodAutoscaler | {spec: {maxReplicas: null}}                                | maxReplicas
            PodDisruptionBudget     | {spec: {minAvailabel: 1}}                                  | minAvailabel
            ServiceMonitor          | {spec: {endpoints: [{port: a, pathh: /x}]}}                | pathh
            PrometheusRule          | {spec: {groups: [{name: a, rules: [{alerts: a}]}]}}        | alerts
            Certificate             | {spec: {uriSANs: [a]}}                                     | uriSANs
            Pod                     | {kind: Podd}                                               | Podd
            """)
    void aFaultIsFound(String kind, String fault, String named) {
        Rendered right = Chart.itself().render(EVERYTHING).stream()
                .filter(object -> object.kind().equals(kind))
                .findFirst()
                .orElseGet(() -> new Rendered(Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Pod",
                        "metadata",
                        Map.of("name", "a"),
                        "spec",
                        Map.of("containers", List.of()))));
        Rendered wrong = new Rendered((Map<?, ?>) Merge.over(right.content(), Chart.read(fault.strip())));
        assertThatThrownBy(() -> ObjectModels.check(wrong))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(named.strip());
    }
}
