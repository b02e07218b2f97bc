package io.sallyport.identity;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;

/**
 * What a node shows and what it trusts: a private key, the chain of its certificate, and the roots.
 *
 * @param key the private key of the leaf
 * @param chain the leaf first, then its issuers, without a root
 * @param roots the trust anchors
 */
public record Credentials(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> roots) {
    private static final int CHALLENGE_BYTES = 32;

    public Credentials {
        chain = List.copyOf(chain);
        roots = List.copyOf(roots);
        if (chain.isEmpty() || roots.isEmpty()) {
            throw new IdentityException(
                    "chain and trust must each hold a certificate: " + chain.size() + " and " + roots.size());
        }
    }

    /** The node's own certificate. */
    public X509Certificate leaf() {
        return chain.getFirst();
    }

    /** The authorities that it names: those of its chain and the roots. */
    public List<X509Certificate> issuers() {
        return Stream.concat(chain.stream().skip(1), roots.stream()).toList();
    }

    /** From when on the leaf is valid. */
    public Instant notBefore() {
        return leaf().getNotBefore().toInstant();
    }

    /** Until when the leaf is valid. */
    public Instant notAfter() {
        return leaf().getNotAfter().toInstant();
    }

    /** The leaf's serialNumber in lower-case hex digits. */
    public String serialNumber() {
        return leaf().getSerialNumber().toString(16);
    }

    /** Whether the private key belongs to the leaf. */
    public boolean keyFits() {
        try {
            String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
            byte[] challenge = new byte[CHALLENGE_BYTES];
            new SecureRandom().nextBytes(challenge);
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(challenge);
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(leaf().getPublicKey());
            verifying.update(challenge);
            return verifying.verify(signing.sign());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /**
     * Checks that they can be served: the key fits and the chain leads to a root and is valid at the time.
     *
     * @throws IdentityException if they cannot
     */
    public Credentials checked(Instant now) {
        if (!keyFits()) {
            throw new IdentityException(
                    "private key must belong to the certificate with serialNumber " + serialNumber() + ": it does not");
        }
        try {
            validate(chain, anchors(roots), now);
            return this;
        } catch (CertPathValidatorException e) {
            throw new IdentityException(
                    "chain of the certificate with serialNumber " + serialNumber()
                            + " must lead to a trusted root and be valid at " + now + ": " + e.getMessage(),
                    e);
        }
    }

    /** A key manager factory that offers these credentials. */
    public KeyManagerFactory keyManagerFactory() {
        try {
            KeyStore store = KeyStore.getInstance("JKS"); // in memory; PKCS #12 would derive keys for it, slowly
            store.load(null, null);
            char[] none = new char[0];
            store.setKeyEntry("node", key, none, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(store, none);
            return factory;
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new IdentityException("private key and chain must be usable for TLS: " + e.getMessage(), e);
        }
    }

    /** Roots as the anchors of a path validation (RFC 5280, section 6.1.1), without name constraints of their own. */
    public static Set<TrustAnchor> anchors(List<X509Certificate> roots) {
        Set<TrustAnchor> anchors = new HashSet<>();
        roots.forEach(root -> anchors.add(new TrustAnchor(root, null)));
        return anchors;
    }

    /** PKIX path validation (RFC 5280, section 6) without revocation; answers the anchor that the path leads to. */
    public static TrustAnchor validate(List<X509Certificate> path, Set<TrustAnchor> anchors, Instant now)
            throws CertPathValidatorException {
        try {
            PKIXParameters parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            PKIXCertPathValidatorResult result = (PKIXCertPathValidatorResult) CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
            return result.getTrustAnchor();
        } catch (InvalidAlgorithmParameterException | NoSuchAlgorithmException | CertificateException e) {
            throw new IllegalStateException(e);
        }
    }
}
