package io.sallyport.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart renders from each of the value sets, tests included. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RenderedObjectTests {
    private static final Map<String, String> MANAGEMENT = Map.of("edge", "8081", "regional", "9081", "pki", "7081");

    private Chart chart = Chart.itself();

    @BeforeAll
    void copy(@TempDir Path temporary) throws IOException {
        chart = Chart.withTestPods(temporary);
    }

    static List<Path> valueSets() {
        return Chart.valueSets();
    }

    @Test
    void thereAreEnoughValueSets() {
        assertThat(valueSets()).hasSizeGreaterThanOrEqualTo(12);
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void lintFindsNothing(Path values, @TempDir Path temporary) throws IOException {
        var result = Chart.lint(temporary, values);
        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void everyObjectIsWhatAnApiServerTakes(Path values) {
        List<Rendered> objects = chart.render(values);
        assertThat(objects).hasSizeGreaterThan(5);
        objects.forEach(ObjectModels::check);
        Set<String> names = new HashSet<>();
        for (Rendered object : objects) {
            assertThat(names.add(object.kind() + "/" + object.name()))
                    .as("%s is there once", object.name())
                    .isTrue();
            assertThat(object.name()).hasSizeLessThanOrEqualTo(63).matches("[a-z0-9]([a-z0-9-]*[a-z0-9])?");
            if (object.isService()) {
                // A pod's name, with the hash of its set, is a label value too.
                assertThat(object.name()).hasSizeLessThanOrEqualTo(52);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void podsKeepTheRestrictedLevel(Path values) {
        for (Rendered object : chart.render(values)) {
            object.pod().ifPresent(pod -> restricted(object.name(), pod));
        }
    }

    private static void restricted(String name, Rendered pod) {
        assertThat(pod.at("spec", "securityContext", "runAsNonRoot")).as(name).contains(true);
        assertThat(pod.at("spec", "securityContext", "runAsUser")).as(name).contains(10001);
        assertThat(pod.text("spec", "securityContext", "seccompProfile", "type"))
                .isEqualTo("RuntimeDefault");
        assertThat(pod.at("spec", "automountServiceAccountToken")).as(name).contains(false);
        for (String key : List.of("hostNetwork", "hostPID", "hostIPC", "initContainers")) {
            assertThat(pod.at("spec", key)).as("%s of %s", key, name).isEmpty();
        }
        assertThat(pod.list("spec", "containers")).hasSize(1);
        for (Rendered container : pod.list("spec", "containers")) {
            assertThat(container.at("securityContext", "allowPrivilegeEscalation"))
                    .contains(false);
            assertThat(container.at("securityContext", "privileged")).contains(false);
            assertThat(container.at("securityContext", "readOnlyRootFilesystem"))
                    .contains(true);
            assertThat(container.at("securityContext", "capabilities", "drop")).contains(List.of("ALL"));
            assertThat(container.at("securityContext", "capabilities", "add")).isEmpty();
            assertThat(container.at("resources", "requests", "memory"))
                    .as("memory of %s", name)
                    .isPresent();
            assertThat(container.at("resources", "limits", "memory"))
                    .as("memory of %s", name)
                    .isPresent();
        }
        for (Rendered volume : pod.list("spec", "volumes")) {
            assertThat(volume.at("hostPath")).as("%s of %s", volume, name).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void probesAskTheManagementPortAndLivenessAsksForTheProcessAlone(Path values) {
        for (Rendered object : chart.render(values)) {
            if (!object.isService()) {
                continue;
            }
            Rendered container = container(object);
            String component = component(object);
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                assertThat(container.text(probe, "httpGet", "port")).isEqualTo("management");
            }
            assertThat(container.list("ports")).anySatisfy(port -> {
                assertThat(port.text("name")).isEqualTo("management");
                assertThat(port.text("containerPort")).isEqualTo(MANAGEMENT.get(component));
            });
            assertThat(container.text("livenessProbe", "httpGet", "path")).isEqualTo("/actuator/health/liveness");
            assertThat(container.text("startupProbe", "httpGet", "path")).isEqualTo("/actuator/health/liveness");
            assertThat(container.text("readinessProbe", "httpGet", "path")).isEqualTo("/actuator/health/readiness");
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void aPodThatEndsIsForgottenFirstAndHasTimeToFinish(Path values) {
        for (Rendered object : chart.render(values)) {
            if (!object.isService()) {
                continue;
            }
            int grace = Integer.parseInt(object.text("spec", "template", "spec", "terminationGracePeriodSeconds"));
            int before = component(object).equals("pki")
                    ? 0
                    : Integer.parseInt(container(object).text("lifecycle", "preStop", "sleep", "seconds"));
            // A gate has the delay and the time-out of its drain, 1 s and 15 s, and needs a little more.
            int own = component(object).equals("pki") ? 10 : 18;
            assertThat(grace).as(object.name()).isGreaterThanOrEqualTo(before + own);
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void secretsComeByReferenceOnly(Path values) {
        for (Rendered object : chart.render(values)) {
            assertThat(object.kind()).isNotEqualTo("Secret");
            assertThat(object.texts()).noneMatch(text -> text.contains("PRIVATE KEY") || text.contains("sp1."));
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void everySelectorFindsItsOwnPodsOnly(Path values) {
        List<Rendered> objects = chart.render(values);
        for (Rendered object : objects) {
            Map<?, ?> selector = switch (object.kind()) {
                case "Service" -> (Map<?, ?>) object.at("spec", "selector").orElseThrow();
                case "Deployment", "StatefulSet", "PodDisruptionBudget" ->
                    (Map<?, ?>) object.at("spec", "selector", "matchLabels").orElseThrow();
                case "NetworkPolicy" ->
                    (Map<?, ?>) object.at("spec", "podSelector", "matchLabels").orElseThrow();
                default -> Map.of();
            };
            if (selector.isEmpty()) {
                continue;
            }
            assertThat(objects.stream()
                            .filter(Rendered::isService)
                            .filter(other -> ((Map<?, ?>) other.at("spec", "template", "metadata", "labels")
                                            .orElseThrow())
                                    .entrySet()
                                    .containsAll(selector.entrySet()))
                            .map(RenderedObjectTests::component))
                    .as("pods of %s %s", object.kind(), object.name())
                    .containsExactly(component(object));
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void nobodyButEdgesReachesTheRegionalGate(Path values) {
        List<Rendered> objects = chart.render(values);
        boolean firewall = !values.toString().contains("no-network-policy");
        assertThat(objects.stream()
                        .filter(o -> o.kind().equals("NetworkPolicy"))
                        .map(RenderedObjectTests::component))
                .hasSize(
                        firewall
                                ? (int) objects.stream()
                                        .filter(Rendered::isService)
                                        .count()
                                : 0);
        for (Rendered object : objects) {
            if (object.kind().equals("NetworkPolicy")) {
                assertThat(object.at("spec", "policyTypes")).contains(List.of("Ingress"));
                for (Rendered rule : object.list("spec", "ingress")) {
                    firewallRule(component(object), rule);
                }
            }
            if (object.kind().equals("Service") && !component(object).equals("edge")) {
                assertThat(object.text("spec", "type"))
                        .as("%s stays inside", object.name())
                        .isEqualTo("ClusterIP");
            }
            if (object.kind().equals("Service") && !object.name().endsWith("-management")) {
                assertThat(object.list("spec", "ports"))
                        .noneMatch(port -> port.text("targetPort").equals("management"));
            }
        }
    }

    private static void firewallRule(String component, Rendered rule) {
        List<String> ports =
                rule.list("ports").stream().map(port -> port.text("port")).toList();
        assertThat(ports).isNotEmpty();
        if (ports.contains("https") || ports.contains("http")) {
            assertThat(component).isEqualTo("edge");
            return;
        }
        List<Rendered> peers = rule.list("from");
        assertThat(peers).as("%s of %s names its peers", ports, component).isNotEmpty();
        for (Rendered peer : peers) {
            assertThat(peer.content()).as("a peer of %s", ports).isNotEmpty();
        }
        if (ports.contains("mtls")) {
            assertThat(peers.getFirst().text("podSelector", "matchLabels", "app.kubernetes.io/component"))
                    .isEqualTo("edge");
            assertThat(peers.stream()
                            .flatMap(peer ->
                                    peer.at("podSelector", "matchLabels", "app.kubernetes.io/component").stream()))
                    .containsOnly("edge");
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void theSettingsThatTheApplicationsGetAreYaml(Path values) {
        for (Rendered object : chart.render(values)) {
            if (object.kind().equals("ConfigMap") && !object.name().contains("-dashboard-")) {
                Map<?, ?> settings = (Map<?, ?>) Chart.read(object.text("data", "sallyport.yaml"));
                assertThat(new Rendered(settings).text("management", "server", "address"))
                        .isEqualTo("0.0.0.0");
                assertThat(Chart.read(object.text("data", "more.yaml"))).isInstanceOf(Map.class);
                assertThat(object.text("data", "sallyport.yaml")).doesNotContain("${REGIONAL}");
            }
        }
    }

    private Rendered edgeSettings(Path values) {
        return chart.render(values).stream()
                .filter(object ->
                        object.kind().equals("ConfigMap") && component(object).equals("edge"))
                .map(object -> new Rendered((Map<?, ?>) Chart.read(object.text("data", "sallyport.yaml"))))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRouteReachesTheRegionalGateOfTheRelease() {
        Rendered settings = edgeSettings(valueSets().getFirst());
        assertThat(settings.list("spring", "cloud.gateway.server.webflux.routes"))
                .extracting(route -> route.text("uri"))
                .containsOnly("https://cdn-sallyport-regional.front.svc:9443");
        assertThat(settings.at("sallyport", "upstream", "regionals")).isEmpty();
    }

    @Test
    void whereThereAreSeveralRegionalGatesTheyAreAskedInTheirOrder() {
        Rendered settings = edgeSettings(valueSets().get(1));
        assertThat(settings.list("spring", "cloud.gateway.server.webflux.routes"))
                .extracting(route -> route.text("uri"))
                .containsOnly("regional://regional");
        assertThat(settings.at("sallyport", "upstream", "regionals", "regional"))
                .contains(List.of(
                        "https://cdn-sallyport-regional-0.cdn-sallyport-regional.front.svc:9443",
                        "https://cdn-sallyport-regional-1.cdn-sallyport-regional.front.svc:9443",
                        "https://cdn-sallyport-regional-2.cdn-sallyport-regional.front.svc:9443"));
    }

    @Test
    void theTestsAskEveryComponentAndKnockAtTheRegionalGate() {
        assertThat(chart.render(valueSets().getFirst()))
                .filteredOn(object -> object.kind().equals("Pod"))
                .extracting(Rendered::name)
                .containsExactlyInAnyOrder(
                        "cdn-sallyport-test-edge-ready",
                        "cdn-sallyport-test-regional-ready",
                        "cdn-sallyport-test-pki-ready",
                        "cdn-sallyport-test-regional-refuses");
    }

    static String component(Rendered object) {
        return object.text("metadata", "labels", "app.kubernetes.io/component");
    }

    private static Rendered container(Rendered object) {
        return object.list("spec", "template", "spec", "containers").getFirst();
    }
}
