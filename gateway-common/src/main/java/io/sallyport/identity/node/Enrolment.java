package io.sallyport.identity.node;

import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.Role;
import io.sallyport.identity.peer.PeerRule;
import io.sallyport.identity.peer.PeerTrust;
import io.sallyport.identity.revocation.RevocationSnapshot;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** How a node gets certificates from the PKI: the first with a token, the following ones with the one before. */
public final class Enrolment {
    private final NodeSettings node;
    private final URI pki;
    private final InstantSource clock;

    Enrolment(NodeSettings node, URI pki, InstantSource clock) {
        this.node = node;
        this.pki = pki;
        this.clock = clock;
    }

    /**
     * Enrols with a token. The root is fetched from a server that nobody vouches for yet and compared with the
     * fingerprint in the token; the token itself goes only to a server that this root vouches for. Key and request are
     * kept until there is an answer: a token can be used again for the same request only, so a lost answer would
     * otherwise lock the node out.
     */
    Credentials enroll(EnrolmentToken token, NodeState state) {
        List<X509Certificate> roots;
        try (PkiClient unverified = PkiClient.anonymous(pki, new Unverified())) {
            roots = unverified.trustBundle().stream()
                    .filter(root -> sha256(root).equals(token.rootSha256()))
                    .toList();
        }
        if (roots.isEmpty()) {
            throw new IdentityException("the PKI at " + pki + " must name the root with the SHA-256 "
                    + token.rootSha256() + " that the token holds: it names others");
        }
        CertificationRequest.Keyed asked = state.pending().orElseGet(() -> state.begin(newRequest()));
        try (PkiClient verified = PkiClient.anonymous(pki, trust(roots))) {
            List<X509Certificate> chain = verified.enroll(token, asked.request());
            return accepted(new Credentials(asked.key(), chain, roots));
        } catch (PkiRefusedException e) {
            state.abandon();
            throw e;
        }
    }

    private CertificationRequest.Keyed newRequest() {
        return CertificationRequest.Keyed.of(newKeys(), node.id());
    }

    /** Renews: a new key and a new request, under the certificate that the node has. */
    Credentials renew(Credentials current, PkiClient client) {
        CertificationRequest.Keyed asked = newRequest();
        return accepted(new Credentials(asked.key(), client.renew(asked.request()), current.roots()));
    }

    /** When the successor of a certificate is first asked for. */
    Instant firstRenewal(Credentials current) {
        return RenewalSchedule.firstAttempt(current.notBefore(), current.notAfter(), node.id());
    }

    /** A client under the node's certificate. */
    PkiClient client(Credentials current) {
        return PkiClient.authenticated(pki, current, trust(current.roots()));
    }

    private PeerTrust trust(List<X509Certificate> roots) {
        return new PeerTrust(
                PeerRule.server(node.trustDomain(), Role.PKI), roots, () -> RevocationSnapshot.NONE, clock);
    }

    /** Checks that credentials can be served and are this node's. */
    Credentials accepted(Credentials credentials) {
        credentials.checked(clock.instant());
        return node.checkOwnName(credentials);
    }

    static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The digest of a certificate, 64 hex digits. */
    public static String sha256(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (CertificateEncodingException | java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /* Only for the one public read whose answer is checked against the token. */
    private static final class Unverified extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
