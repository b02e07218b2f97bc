package io.sallyport.pki.ca;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;

/**
 * A public key that is to be certified.
 *
 * @param spki its SubjectPublicKeyInfo
 * @param type its kind and size
 */
public record SubjectKey(Der spki, Type type) {
    /** The kinds of key that the OpenSSL engine and Java's TLS can both serve. */
    public enum Type {
        /** ECDSA on the curve P-256. */
        P256("EC"),
        /** ECDSA on the curve P-384. */
        P384("EC"),
        /** RSA of 3072 to 4096 bits. */
        RSA("RSA");

        private final String algorithm;

        Type(String algorithm) {
            this.algorithm = algorithm;
        }
    }

    /** The key for Java's signatures. */
    public PublicKey publicKey() {
        try {
            return KeyFactory.getInstance(type.algorithm).generatePublic(new X509EncodedKeySpec(spki.bytes()));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not a " + type + " key: " + e.getMessage(), e);
        }
    }
}
