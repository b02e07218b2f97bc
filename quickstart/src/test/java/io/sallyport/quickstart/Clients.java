package io.sallyport.quickstart;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/** Clients of every kind that the pair knows. */
final class Clients {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private Clients() {}

    /** One that trusts a CA and has no certificate. */
    static HttpClient trusting(Path ca, HttpClient.Version version) {
        return builder(context(null, ca)).version(version).build();
    }

    /** One that shows a certificate, over one version of TLS. */
    static HttpClient showing(@Nullable Credentials own, Path trust, String protocol) {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {protocol});
        return builder(context(own, trust))
                .sslParameters(parameters)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /** One without TLS. */
    static HttpClient plain() {
        return HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    }

    static SSLContext context(@Nullable Credentials own, Path trust) {
        PemSslStoreDetails key = own == null
                ? null
                : PemSslStoreDetails.forCertificate(own.chain().toUri().toString())
                        .withPrivateKey(own.key().toUri().toString());
        PemSslStoreDetails anchors =
                PemSslStoreDetails.forCertificate(trust.toUri().toString());
        return SslBundle.of(new PemSslStoreBundle(key, anchors)).createSslContext();
    }

    static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request) throws Exception {
        return client.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
    }

    private static HttpClient.Builder builder(SSLContext tls) {
        return HttpClient.newBuilder().sslContext(tls).connectTimeout(PATIENCE);
    }
}
