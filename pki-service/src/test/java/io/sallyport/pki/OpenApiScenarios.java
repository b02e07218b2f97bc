package io.sallyport.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** The description of the API, kept by hand, says what the service does. */
@Tag("full") // it starts a service to read one document
class OpenApiScenarios {
    @Test
    void everyCallIsDescribedAndNoOther(@TempDir Path state) throws Exception {
        Service.ceremony(state);
        try (Service service = Service.start(state);
                HttpClient http = HttpClient.newHttpClient();
                Client node = service.anonymous()) {
            var uri = URI.create("http://127.0.0.1:" + service.managementPort() + "/openapi.json");
            var answer = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
            JsonNode document = Service.json(answer);
            Set<String> described = new TreeSet<>();
            document.get("paths")
                    .propertyStream()
                    .forEach(path -> path.getValue()
                            .propertyStream()
                            .forEach(method ->
                                    described.add(method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey())));
            Set<String> mapped = new TreeSet<>();
            service.named("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                    .getHandlerMethods()
                    .keySet()
                    .forEach(mapping -> mapping.getPatternsCondition()
                            .getPatterns()
                            .forEach(pattern -> mapping.getMethodsCondition()
                                    .getMethods()
                                    .forEach(method -> mapped.add(method + " " + pattern))));
            assertThat(described).isEqualTo(mapped);
            checkReferences(document, document);
            assertThat(node.get(URI.create("https://localhost:"
                                    + service.bean(PkiPorts.class).node() + "/openapi.json"))
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    private static void checkReferences(JsonNode node, JsonNode document) {
        if (node.has("$ref")) {
            String reference = node.get("$ref").asString();
            assertThat(document.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
        }
        node.forEach(child -> checkReferences(child, document));
    }
}
