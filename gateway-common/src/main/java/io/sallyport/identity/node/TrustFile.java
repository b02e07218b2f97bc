package io.sallyport.identity.node;

import io.sallyport.identity.IdentityException;
import io.sallyport.identity.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.TrustManagerFactory;

/** CA certificates in a PEM file, as trust for servers that are no nodes. */
public final class TrustFile {
    private TrustFile() {}

    /**
     * The JDK's judgement, chain and name, with the file's certificates as the only anchors.
     *
     * @throws IdentityException if the file cannot be read or holds no certificates
     */
    public static TrustManagerFactory factory(Path file) {
        String text = new String(NodeState.bytes(file), StandardCharsets.ISO_8859_1);
        try {
            KeyStore anchors = KeyStore.getInstance("PKCS12");
            anchors.load(null, null);
            int number = 0;
            for (X509Certificate certificate : Pem.certificates(text, file.toString())) {
                anchors.setCertificateEntry("ca-" + number++, certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(anchors);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw new IdentityException(file + " must hold usable CA certificates: " + e.getMessage(), e);
        }
    }
}
