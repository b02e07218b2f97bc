package io.sallyport.pki.command;

import io.sallyport.pki.command.TokenCommand.NodeWish;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The admin API of a running service, entered over mTLS with an administrator's certificate. */
final class AdminApi implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int CREATED = 201;
    private static final JsonMapper JSON = new JsonMapper();

    private final URI base;
    private final HttpClient client;

    /** An API at {@code https://host:port}; the directory holds chain.pem, key.pem and trust.pem. */
    AdminApi(URI base, Path admin) {
        this.base = base;
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .sslContext(tls(admin))
                .build();
    }

    private static SSLContext tls(Path admin) {
        for (String file : new String[] {"chain.pem", "key.pem", "trust.pem"}) {
            if (!Files.isReadable(admin.resolve(file))) {
                throw new TokenRefusedException(
                        admin.resolve(file) + " cannot be read; --admin must name the directory of an administrator");
            }
        }
        PemSslStoreDetails key = PemSslStoreDetails.forCertificate(location(admin, "chain.pem"))
                .withPrivateKey(location(admin, "key.pem"));
        PemSslStoreDetails trust = PemSslStoreDetails.forCertificate(location(admin, "trust.pem"));
        return SslBundle.of(new PemSslStoreBundle(key, trust)).createSslContext();
    }

    private static String location(Path directory, String file) {
        return directory.resolve(file).toUri().toString();
    }

    /** A new token for a node. */
    String token(NodeWish wish) {
        HttpRequest request = HttpRequest.newBuilder(base.resolve("/api/v1/enrollment-tokens"))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(wish)))
                .build();
        HttpResponse<String> response = send(request, wish);
        if (response.statusCode() != CREATED) {
            throw new TokenRefusedException(
                    line(wish, "status " + response.statusCode() + ", " + detail(response.body())));
        }
        return JSON.readTree(response.body()).required("token").stringValue();
    }

    private HttpResponse<String> send(HttpRequest request, NodeWish wish) {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new TokenRefusedException(line(wish, reason(e)), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TokenRefusedException(line(wish, "interrupted"), e);
        }
    }

    private String line(NodeWish wish, String reason) {
        return "the PKI at %s gave no token for %s: %s".formatted(base, wish.nodeId(), reason);
    }

    /** A refused connection has no message of its own. */
    private static String reason(IOException problem) {
        String message = problem.getMessage();
        return message == null || message.isBlank()
                ? "it cannot be reached"
                : message.lines().findFirst().orElse("");
    }

    /** What a problem document (RFC 9457) says. */
    private static String detail(String body) {
        try {
            JsonNode problem = JSON.readTree(body);
            return problem.path("detail").asString(problem.path("title").asString("no reason given"));
        } catch (JacksonException e) {
            return "no reason given";
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
