package io.sallyport.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/** Parses objects as strictly as an API server with field validation: unknown, missing and ill-typed fields are refused. */
final class ObjectModels {
    private static final ObjectMapper JACKSON = new ObjectMapper();
    private static final Set<String> CERTIFICATE =
            Set.of("secretName", "duration", "privateKey", "usages", "uris", "dnsNames", "issuerRef");
    private static final Set<String> PRIVATE_KEY = Set.of("algorithm", "size", "encoding", "rotationPolicy");

    /** Checks JSON and parses it. */
    @FunctionalInterface
    private interface Model {
        void parse(JsonObject object) throws IOException;
    }

    private static final Map<String, Model> MODELS = Map.ofEntries(
            Map.entry("v1/ServiceAccount", o -> {
                V1ServiceAccount.validateJsonElement(o);
                V1ServiceAccount.fromJson(o.toString());
            }),
            Map.entry("v1/ConfigMap", o -> {
                V1ConfigMap.validateJsonElement(o);
                V1ConfigMap.fromJson(o.toString());
            }),
            Map.entry("v1/Service", o -> {
                V1Service.validateJsonElement(o);
                V1Service.fromJson(o.toString());
            }),
            Map.entry("v1/PersistentVolumeClaim", o -> {
                V1PersistentVolumeClaim.validateJsonElement(o);
                V1PersistentVolumeClaim.fromJson(o.toString());
            }),
            Map.entry("v1/Pod", o -> {
                V1Pod.validateJsonElement(o);
                V1Pod.fromJson(o.toString());
            }),
            Map.entry("apps/v1/Deployment", o -> {
                V1Deployment.validateJsonElement(o);
                V1Deployment.fromJson(o.toString());
            }),
            Map.entry("apps/v1/StatefulSet", o -> {
                V1StatefulSet.validateJsonElement(o);
                V1StatefulSet.fromJson(o.toString());
            }),
            Map.entry("autoscaling/v2/HorizontalPodAutoscaler", o -> {
                V2HorizontalPodAutoscaler.validateJsonElement(o);
                V2HorizontalPodAutoscaler.fromJson(o.toString());
            }),
            Map.entry("policy/v1/PodDisruptionBudget", o -> {
                V1PodDisruptionBudget.validateJsonElement(o);
                V1PodDisruptionBudget.fromJson(o.toString());
            }),
            Map.entry("networking.k8s.io/v1/NetworkPolicy", o -> {
                V1NetworkPolicy.validateJsonElement(o);
                V1NetworkPolicy.fromJson(o.toString());
            }),
            Map.entry(
                    "monitoring.coreos.com/v1/ServiceMonitor",
                    o -> Additions.none(JACKSON.readValue(o.toString(), ServiceMonitor.class))),
            Map.entry(
                    "monitoring.coreos.com/v1/PrometheusRule",
                    o -> Additions.none(JACKSON.readValue(o.toString(), PrometheusRule.class))),
            Map.entry("cert-manager.io/v1/Certificate", ObjectModels::certificate));

    private ObjectModels() {}

    /** Fails on whatever an API server would refuse, and on kinds that no model is known for. */
    static void check(Rendered object) {
        JsonObject json = object.json();
        String kind = object.text("apiVersion") + "/" + object.kind();
        Model model = MODELS.get(kind);
        if (model == null) {
            throw new AssertionError("there is no model for " + kind + " " + object.name());
        }
        try {
            model.parse(json);
        } catch (IOException | RuntimeException e) {
            throw new AssertionError(kind + " " + object.name() + ": " + e.getMessage(), e);
        }
    }

    /** There is no model of cert-manager's objects in any library at hand: the fields that the chart may use. */
    private static void certificate(JsonObject object) {
        JsonObject spec = object.getAsJsonObject("spec");
        assertThat(CERTIFICATE).containsAll(spec.keySet());
        assertThat(spec.keySet()).contains("secretName", "issuerRef");
        assertThat(PRIVATE_KEY).containsAll(spec.getAsJsonObject("privateKey").keySet());
        assertThat(spec.getAsJsonObject("issuerRef").keySet()).contains("name");
        for (JsonElement usage : spec.getAsJsonArray("usages")) {
            assertThat(usage.getAsString()).isIn("digital signature", "client auth", "server auth");
        }
    }
}
