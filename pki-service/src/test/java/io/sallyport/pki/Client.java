package io.sallyport.pki;

import io.sallyport.pki.ca.KeyFile;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.StateFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A TLS client that trusts the root only, with or without a certificate of its own. */
final class Client implements AutoCloseable {
    private final HttpClient http;

    private Client(HttpClient http) {
        this.http = http;
    }

    static Client anonymous(List<X509Certificate> roots, String... protocols) {
        return new Client(http(context(roots, null, List.of()), protocols));
    }

    static Client with(List<X509Certificate> roots, PrivateKey key, List<X509Certificate> chain, String... protocols) {
        return new Client(http(context(roots, key, chain), protocols));
    }

    static Client admin(Path state, String... protocols) {
        return with(
                Pem.certificates(StateFiles.readText(state.resolve("admin/trust.pem"))),
                KeyFile.read(state.resolve("admin/key.pem"), null),
                Pem.certificates(StateFiles.readText(state.resolve("admin/chain.pem"))),
                protocols);
    }

    private static HttpClient http(SSLContext context, String... protocols) {
        SSLParameters parameters = context.getDefaultSSLParameters();
        if (protocols.length > 0) {
            parameters.setProtocols(protocols);
        }
        return HttpClient.newBuilder()
                .sslContext(context)
                .sslParameters(parameters)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(60))
                .build();
    }

    static SSLContext context(List<X509Certificate> roots, @Nullable PrivateKey key, List<X509Certificate> chain) {
        try {
            KeyStore trusted = empty();
            for (int i = 0; i < roots.size(); i++) {
                trusted.setCertificateEntry("root-" + i, roots.get(i));
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            KeyManager[] keys = null;
            if (key != null) {
                KeyStore own = empty();
                own.setKeyEntry("own", key, new char[0], chain.toArray(X509Certificate[]::new));
                KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
                factory.init(own, new char[0]);
                keys = new KeyManager[] {new Always(factory)};
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<byte[]> bytes(URI uri) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri));
    }

    HttpResponse<String> post(URI uri, String type, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> put(URI uri, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
