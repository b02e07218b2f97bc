package io.sallyport.quickstart;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/**
 * A key and its certificate in PEM files.
 *
 * @param key the private key, PKCS#8
 * @param chain the certificates, leaf first, without the root
 * @param trust the root
 */
record Credentials(Path key, Path chain, Path trust) {
    /** The files' usual names in a directory: key.pem, chain.pem, trust.pem. */
    static Credentials in(Path directory) {
        return new Credentials(
                directory.resolve("key.pem"), directory.resolve("chain.pem"), directory.resolve("trust.pem"));
    }

    /**
     * Answers whether they are there and whole, were signed under this root, and will still be valid at an instant.
     * Whether they are let in is judged elsewhere: this only tells whether others have to be made.
     */
    boolean serveAt(Instant instant, Path root) {
        if (!Files.isRegularFile(key) || !Files.isRegularFile(chain)) {
            return false;
        }
        try {
            List<X509Certificate> path = new ArrayList<>(certificates(chain));
            path.addAll(certificates(root));
            for (int i = 0; i + 1 < path.size(); i++) {
                path.get(i).checkValidity(Date.from(instant));
                path.get(i).verify(path.get(i + 1).getPublicKey());
            }
            return path.size() > 1;
        } catch (GeneralSecurityException | IOException e) {
            // Expired, of an earlier root, or damaged: whoever asks gets new ones.
            return false;
        }
    }

    private static List<X509Certificate> certificates(Path pem) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(pem)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        }
    }
}
