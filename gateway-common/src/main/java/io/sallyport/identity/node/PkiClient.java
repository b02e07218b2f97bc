package io.sallyport.identity.node;

import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.Pem;
import io.sallyport.identity.peer.HandshakeRefusedException;
import io.sallyport.identity.tls.TlsContexts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The calls of a node to the PKI. Each is bounded in size and time; none may be made on an event loop. */
final class PkiClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration WHOLE_CALL = Duration.ofSeconds(30);
    private static final Duration LONG_POLL = Duration.ofSeconds(25);
    private static final int MAX_BYTES = 256 * 1024;
    private static final int MAX_CRL_BYTES = 64 * 1024 * 1024;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final URI base;
    private final HttpClient http;

    private PkiClient(URI base, SSLContext tls) {
        this.base = base;
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(TlsContexts.PROTOCOLS.toArray(String[]::new));
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .sslContext(tls)
                .sslParameters(parameters)
                .build();
    }

    /** A client that shows no certificate and judges the PKI by the trust. */
    static PkiClient anonymous(URI base, TrustManager trust) {
        return new PkiClient(base, tls(null, trust));
    }

    /** A client that shows the node's certificate and judges the PKI by the trust. */
    static PkiClient authenticated(URI base, Credentials own, TrustManager trust) {
        return new PkiClient(base, tls(own.keyManagerFactory().getKeyManagers(), trust));
    }

    private static SSLContext tls(KeyManager @Nullable [] keys, TrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, new TrustManager[] {trust}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The roots that the PKI names. */
    List<X509Certificate> trustBundle() {
        HttpResponse<byte[]> response =
                call(request("/api/v1/pki/trust-bundles/default").GET(), MAX_BYTES);
        return Pem.certificates(text(expect(response, 200)), "the PKI's trust bundle");
    }

    /** Enrols: the chain of the new certificate, leaf first. */
    List<X509Certificate> enroll(EnrolmentToken token, CertificationRequest request) {
        return chain(call(
                request("/api/v1/enrollments")
                        .header("authorization", "Bearer " + token.text())
                        .header("content-type", "application/x-pem-file")
                        .POST(BodyPublishers.ofString(request.pem(), StandardCharsets.US_ASCII)),
                MAX_BYTES));
    }

    /** Renews with the current certificate: the chain of the new one, leaf first. */
    List<X509Certificate> renew(CertificationRequest request) {
        return chain(call(
                request("/api/v1/renewals")
                        .header("content-type", "application/x-pem-file")
                        .POST(BodyPublishers.ofString(request.pem(), StandardCharsets.US_ASCII)),
                MAX_BYTES));
    }

    /** Reports what the node serves. */
    void reportStatus(StatusReport report) {
        expect(
                call(
                        request("/api/v1/nodes/self/status")
                                .header("content-type", "application/json")
                                .PUT(BodyPublishers.ofString(JSON.writeValueAsString(report))),
                        MAX_BYTES),
                204);
    }

    /**
     * What was announced.
     *
     * @param news whether there is more than the node knew of
     * @param sequence the latest announcement's number
     */
    record Announcement(boolean news, long sequence) {}

    /** Waits, half a minute at most, until something newer than a sequence is announced; at once without a sequence. */
    Announcement awaitRevocations(OptionalLong after) {
        String path = "/api/v1/revocations?"
                + (after.isPresent() ? "after=" + after.getAsLong() + "&" : "") + "wait=PT" + LONG_POLL.toSeconds()
                + "S";
        HttpResponse<byte[]> response =
                call(request(path).timeout(LONG_POLL.plus(CONNECT)).GET(), MAX_BYTES);
        try {
            if (response.statusCode() == 204) {
                return new Announcement(
                        false,
                        response.headers()
                                .firstValueAsLong("sallyport-sequence")
                                .orElse(after.orElse(0)));
            }
            JsonNode sequence = JSON.readTree(expect(response, 200)).path("sequence");
            if (!sequence.isIntegralNumber()) {
                throw new IdentityException(
                        "the PKI's answer for /api/v1/revocations must hold a sequence: it does not");
            }
            return new Announcement(true, sequence.asLong());
        } catch (JacksonException | NumberFormatException e) {
            throw new IdentityException("the PKI's answer for /api/v1/revocations must be JSON: it is not", e);
        }
    }

    /**
     * The roots that nodes trust.
     *
     * @param sequence grows with each change; empty where the PKI does not say
     */
    record TrustBundle(OptionalLong sequence, List<X509Certificate> roots) {
        TrustBundle {
            roots = List.copyOf(roots);
        }
    }

    /** The trust bundle with its sequence. */
    TrustBundle sequencedTrustBundle() {
        HttpResponse<byte[]> response = call(
                request("/api/v1/pki/trust-bundles/default")
                        .header("accept", "application/json")
                        .GET(),
                MAX_BYTES);
        String text = text(expect(response, 200));
        String origin = "the PKI's trust bundle";
        if (!text.startsWith("{")) {
            return new TrustBundle(OptionalLong.empty(), Pem.certificates(text, origin));
        }
        try {
            JsonNode bundle = JSON.readTree(text);
            StringBuilder roots = new StringBuilder();
            bundle.path("roots").forEach(root -> roots.append(root.asString("")).append('\n'));
            JsonNode sequence = bundle.path("sequence");
            return new TrustBundle(
                    sequence.isIntegralNumber() ? OptionalLong.of(sequence.asLong()) : OptionalLong.empty(),
                    Pem.certificates(roots.toString(), origin));
        } catch (JacksonException e) {
            throw new IdentityException(origin + " must be JSON: it is not", e);
        }
    }

    /** The paths of the revocation lists of all issuers. */
    List<String> revocationLists() {
        HttpResponse<byte[]> response = call(request("/api/v1/pki/issuers").GET(), MAX_BYTES);
        try {
            List<String> paths = new ArrayList<>();
            for (JsonNode issuer : JSON.readTree(expect(response, 200)).path("items")) {
                String path = issuer.path("crl").asString("");
                if (path.startsWith("/")) {
                    paths.add(path);
                }
            }
            return paths;
        } catch (JacksonException e) {
            throw new IdentityException("the PKI's answer for /api/v1/pki/issuers must be JSON: it is not", e);
        }
    }

    /** The same, also empty when there is none. */
    Optional<HttpResponse<byte[]>> fetchIfPresent(String path, @Nullable String entityTag) {
        try {
            return fetch(path, entityTag);
        } catch (PkiRefusedException e) {
            if (e.status() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** A resource, or empty when the entity tag still holds. */
    Optional<HttpResponse<byte[]>> fetch(String path, @Nullable String entityTag) {
        HttpRequest.Builder request = request(path).GET();
        if (entityTag != null) {
            request.header("if-none-match", entityTag);
        }
        HttpResponse<byte[]> response = call(request, MAX_CRL_BYTES);
        if (response.statusCode() == 304) {
            return Optional.empty();
        }
        expect(response, 200);
        return Optional.of(response);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(WHOLE_CALL);
    }

    private static List<X509Certificate> chain(HttpResponse<byte[]> response) {
        return Pem.certificates(text(expect(response, 201)), "the PKI's answer");
    }

    private HttpResponse<byte[]> call(HttpRequest.Builder builder, int maxBytes) {
        HttpRequest request = builder.build();
        String what = request.method() + " " + request.uri();
        CompletableFuture<HttpResponse<byte[]>> pending =
                http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), maxBytes));
        try {
            return pending.get(WHOLE_CALL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IdentityException(
                    what + " must be answered within " + WHOLE_CALL.toSeconds() + " s: it was not", e);
        } catch (ExecutionException e) {
            throw new IdentityException(what + " failed: " + rootMessage(e), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IdentityException(what + " was interrupted", e);
        } finally {
            pending.cancel(true);
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        for (int depth = 0; root.getCause() != null && depth < 16; depth++) {
            if (root instanceof HandshakeRefusedException) {
                break;
            }
            root = root.getCause();
        }
        String message = root.getMessage();
        return root instanceof IOException || message == null
                ? root.getClass().getSimpleName() + (message == null ? "" : " " + message)
                : message;
    }

    private static byte[] expect(HttpResponse<byte[]> response, int status) {
        if (response.statusCode() == status) {
            return response.body();
        }
        throw new PkiRefusedException(
                response.statusCode(),
                "the PKI must answer " + response.request().method() + " "
                        + response.request().uri().getPath() + " with " + status + ": it answered "
                        + response.statusCode() + problem(response));
    }

    /* RFC 9457: the type and the detail say which rule refused. */
    private static String problem(HttpResponse<byte[]> response) {
        try {
            JsonNode problem = JSON.readTree(response.body());
            String detail =
                    problem.path("detail").asString(problem.path("title").asString(""));
            return detail.isEmpty() ? "" : ", " + detail.replaceAll("[^\\x20-\\x7e]", "?");
        } catch (JacksonException e) {
            return "";
        }
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
