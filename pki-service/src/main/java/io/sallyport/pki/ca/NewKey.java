package io.sallyport.pki.ca;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;

/** Makes key pairs on the named curves. */
public final class NewKey {
    private NewKey() {}

    /** A new pair on P-256. */
    public static KeyPair p256(SecureRandom random) {
        return generate("secp256r1", random);
    }

    /** A new pair on P-384. */
    public static KeyPair p384(SecureRandom random) {
        return generate("secp384r1", random);
    }

    private static KeyPair generate(String curve, SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(curve + " is part of every Java runtime", e);
        }
    }
}
