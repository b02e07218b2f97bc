package io.sallyport.bench;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/** Revokes an edge that has a connection, and looks how long it is still let in and how long the connection lives on. */
final class Revoking {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long BETWEEN_LOOKS_NANOS = 20_000_000;
    private static final byte[] REQUEST =
            "GET /1024 HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final int regionalPort;
    private final String admins;
    private final Path admin;
    private final Path victim;

    /**
     * One revocation.
     *
     * @param admins the base URL of the admins' listener
     * @param admin a directory with an administrator's key.pem, chain.pem and trust.pem
     * @param victim the same of an edge
     */
    Revoking(int regionalPort, String admins, Path admin, Path victim) {
        this.regionalPort = regionalPort;
        this.admins = admins;
        this.admin = admin;
        this.victim = victim;
    }

    /** Prints both in milliseconds: from the request to revoke on, and from the first refusal on. */
    void run() throws Exception {
        SSLContext own = context(victim);
        try (SSLSocket living = connect(own)) {
            if (!answers(living)) {
                throw new IllegalStateException("the edge must be let in before it is revoked: it is not");
            }
            living.setSoTimeout((int) PATIENCE.toMillis());
            CompletableFuture<Long> closed = CompletableFuture.supplyAsync(() -> end(living));
            long begin = System.nanoTime();
            revoke();
            while (isLetIn(own)) {
                if (System.nanoTime() - begin > PATIENCE.toNanos()) {
                    throw new IllegalStateException("the edge is still let in after " + PATIENCE);
                }
                LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
            }
            long refused = System.nanoTime();
            long ended = closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            System.out.println("refused_ms=" + (refused - begin) / 1_000_000 + " closed_ms="
                    + Math.max(0, ended - refused) / 1_000_000);
        }
    }

    private void revoke() throws Exception {
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(context(admin))
                .version(HttpClient.Version.HTTP_1_1)
                .build()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(admins + "/api/v1/certificates/" + serial() + "/revocation"))
                            .timeout(PATIENCE)
                            .header("Content-Type", "application/json")
                            .PUT(BodyPublishers.ofString("{\"reason\":\"keyCompromise\"}"))
                            .build(),
                    BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("revocation: " + answer.statusCode() + " " + answer.body());
            }
        }
    }

    private String serial() throws Exception {
        try (InputStream chain = Files.newInputStream(victim.resolve("chain.pem"))) {
            BigInteger serial = ((X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(chain))
                    .getSerialNumber();
            return HexFormat.of().formatHex(serial.toByteArray());
        }
    }

    private static SSLContext context(Path directory) {
        PemSslStoreDetails own = PemSslStoreDetails.forCertificate(
                        directory.resolve("chain.pem").toUri().toString())
                .withPrivateKey(directory.resolve("key.pem").toUri().toString());
        PemSslStoreDetails trust = PemSslStoreDetails.forCertificate(
                directory.resolve("trust.pem").toUri().toString());
        return SslBundle.of(new PemSslStoreBundle(own, trust)).createSslContext();
    }

    private SSLSocket connect(SSLContext context) throws IOException {
        return (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), regionalPort);
    }

    private boolean isLetIn(SSLContext own) {
        try (SSLSocket socket = connect(own)) {
            socket.setSoTimeout(5000);
            return answers(socket);
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether there is the head of a response, and its content, to one request. */
    private static boolean answers(SSLSocket socket) throws IOException {
        socket.getOutputStream().write(REQUEST);
        socket.getOutputStream().flush();
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        byte[] some = new byte[4096];
        int expected = Integer.MAX_VALUE;
        while (text.length() < expected) {
            int read = in.read(some);
            if (read < 0) {
                return false;
            }
            text.append(new String(some, 0, read, StandardCharsets.ISO_8859_1));
            int head = text.indexOf("\r\n\r\n");
            if (head >= 0) {
                expected = head + 4 + 1024;
            }
        }
        return text.indexOf("HTTP/1.1 200 ") == 0;
    }

    private static long end(SSLSocket living) {
        try {
            if (living.getInputStream().read() >= 0) {
                throw new IllegalStateException("nothing was asked, and something came");
            }
        } catch (IOException e) {
            // A reset ends it too.
        }
        return System.nanoTime();
    }
}
