package io.sallyport.quickstart;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The part of the PKI's admin API that the quickstart uses, over mTLS with the admin's certificate. */
final class AdminApi implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final JsonMapper JSON = new JsonMapper();

    private final URI base;
    private final HttpClient client;

    /** An API at a base URL without a path, entered with the admin's credentials. */
    AdminApi(String base, Credentials admin) {
        this.base = URI.create(base);
        PemSslStoreDetails key = PemSslStoreDetails.forCertificate(
                        admin.chain().toUri().toString())
                .withPrivateKey(admin.key().toUri().toString());
        PemSslStoreDetails trust =
                PemSslStoreDetails.forCertificate(admin.trust().toUri().toString());
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .sslContext(SslBundle.of(new PemSslStoreBundle(key, trust)).createSslContext())
                .build();
    }

    /** Answers a new one-time token for a node. */
    String enrolmentToken(Node node) {
        String body = JSON.writeValueAsString(
                new TokenRequest(node.id(), node.role().word(), node.dnsNames(), node.ipAddresses(), "PT1H"));
        HttpRequest request = HttpRequest.newBuilder(base.resolve("/api/v1/enrollment-tokens"))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = send(request, node);
        if (response.statusCode() != 201) {
            throw refusal(node, "status " + response.statusCode() + ", " + detail(response.body()));
        }
        return JSON.readTree(response.body()).required("token").stringValue();
    }

    @Override
    public void close() {
        client.close();
    }

    private HttpResponse<String> send(HttpRequest request, Node node) {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw refusal(node, CannotStartException.reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refusal(node, "interrupted");
        }
    }

    /** Answers what a problem document (RFC 9457) says. */
    private static String detail(String body) {
        try {
            JsonNode problem = JSON.readTree(body);
            return problem.path("detail").asString(problem.path("title").asString("no reason given"));
        } catch (JacksonException e) {
            return "no reason given";
        }
    }

    private CannotStartException refusal(Node node, String reason) {
        return new CannotStartException("the PKI at %s gave no token for %s: %s".formatted(base, node.id(), reason));
    }

    private record TokenRequest(
            String nodeId, String role, List<String> dnsNames, List<String> ipAddresses, String ttl) {}
}
