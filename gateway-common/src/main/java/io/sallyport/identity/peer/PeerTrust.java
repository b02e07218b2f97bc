package io.sallyport.identity.peer;

import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.util.SimpleTrustManagerFactory;
import io.netty.internal.tcnative.CertificateVerifier;
import io.sallyport.identity.Credentials;
import io.sallyport.identity.PeerIdentity;
import io.sallyport.identity.peer.HandshakeRefusedException.Refused;
import io.sallyport.identity.revocation.RevocationSnapshot;
import io.sallyport.identity.revocation.RevocationSnapshot.Need;
import io.sallyport.identity.revocation.RevocationSnapshot.Status;
import java.net.Socket;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Judges a peer's certificate inside the handshake: chain, validity, usage, role, revocation, node, name, in that order.
 *
 * <p>It reads memory only. Safe for use by many threads.
 */
public final class PeerTrust extends X509ExtendedTrustManager {
    private static final int LONGEST_CHAIN = 8;
    private static final int DIGITAL_SIGNATURE = 0;

    private final PeerRule rule;
    private final Set<TrustAnchor> anchors;
    private final Supplier<RevocationSnapshot> revocation;
    private final InstantSource clock;

    /** Judges by the rule against the roots; the snapshot is asked for anew in every handshake. */
    public PeerTrust(
            PeerRule rule, List<X509Certificate> roots, Supplier<RevocationSnapshot> revocation, InstantSource clock) {
        this.rule = rule;
        this.anchors = Credentials.anchors(roots);
        this.revocation = revocation;
        this.clock = clock;
    }

    /** This trust manager as the factory that TLS contexts take. */
    public TrustManagerFactory factory() {
        return new Factory(this);
    }

    /** Judges a client's chain; empty when it is let in. */
    public Optional<Refused> judgeClient(List<X509Certificate> chain) {
        return Optional.ofNullable(judge(chain, Usage.CLIENT, null).refused());
    }

    /** Judges the chain of a server that was reached under a host name; empty when it is accepted. */
    public Optional<Refused> judgeServer(List<X509Certificate> chain, String host) {
        return Optional.ofNullable(judge(chain, Usage.SERVER, host).refused());
    }

    private Verdict judge(List<X509Certificate> chain, Usage usage, @Nullable String host) {
        if (chain.isEmpty()) {
            return Verdict.of(HandshakeRefusal.NO_CERTIFICATE, "the peer showed none");
        }
        if (chain.size() > LONGEST_CHAIN) {
            return Verdict.of(HandshakeRefusal.UNKNOWN_ISSUER, "the chain has " + chain.size() + " certificates");
        }
        Instant now = clock.instant();
        List<X509Certificate> path = chain.stream()
                .distinct()
                .filter(certificate -> !isAnchor(certificate))
                .toList();
        if (path.isEmpty()) {
            return Verdict.of(HandshakeRefusal.WRONG_USAGE, "a root is no node");
        }
        TrustAnchor anchor;
        try {
            anchor = Credentials.validate(path, anchors, now);
        } catch (CertPathValidatorException e) {
            return new Verdict(new Refused(reasonOf(e), String.valueOf(e.getMessage())), e);
        }
        X509Certificate leaf = path.getFirst();
        boolean byCommonName =
                rule.commonNames().identify(leaf, rule.trustDomain()).isPresent();
        if (!usage.allows(leaf, byCommonName)) {
            return Verdict.of(HandshakeRefusal.WRONG_USAGE, "extendedKeyUsage must hold " + usage.name);
        }
        Optional<PeerIdentity> identity = rule.identify(leaf);
        if (identity.isEmpty()
                || identity.get().role() != rule.role()
                || !identity.get().trustDomain().equals(rule.trustDomain())) {
            return Verdict.of(
                    HandshakeRefusal.WRONG_ROLE,
                    "expected spiffe://" + rule.trustDomain() + "/"
                            + rule.role().segment() + "/<node>, came "
                            + identity.map(peer -> peer.uri().toString()).orElse("no such name"));
        }
        Verdict revoked = judgeRevocation(path, anchor, now);
        if (revoked.refused() != null) {
            return revoked;
        }
        Optional<String> objection = rule.nodes().objection(identity.get().node());
        return objection
                .map(detail -> Verdict.of(HandshakeRefusal.WRONG_NAME, detail))
                .orElseGet(() -> judgeName(leaf, host));
    }

    private Verdict judgeRevocation(List<X509Certificate> path, TrustAnchor anchor, Instant now) {
        RevocationSnapshot snapshot = revocation.get();
        for (int i = 0; i < path.size(); i++) {
            PublicKey issuerKey = i + 1 < path.size()
                    ? path.get(i + 1).getPublicKey()
                    : anchor.getTrustedCert().getPublicKey();
            Status status = snapshot.status(path.get(i).getSerialNumber(), issuerKey, now);
            if (status == Status.REVOKED) {
                return Verdict.of(HandshakeRefusal.REVOKED, "its serialNumber is on the revocation list");
            }
            if (status == Status.OUTDATED) {
                return Verdict.of(HandshakeRefusal.REVOKED, "the revocation list of its issuer is outdated");
            }
            if (i == 0 && status == Status.UNKNOWN && snapshot.need() == Need.REQUIRED) {
                return Verdict.of(HandshakeRefusal.REVOKED, "there is no revocation list of its issuer");
            }
        }
        return Verdict.GOOD;
    }

    private Verdict judgeName(X509Certificate leaf, @Nullable String host) {
        @Nullable
        String expected = switch (rule.name()) {
            case PeerRule.PeerName.Unchecked() -> null;
            case PeerRule.PeerName.OfConnection() -> host == null ? "" : host;
            case PeerRule.PeerName.Fixed(String fixed) -> fixed;
        };
        return expected == null || PeerNames.covers(leaf, expected)
                ? Verdict.GOOD
                : Verdict.of(
                        HandshakeRefusal.WRONG_NAME,
                        "expected the name '" + expected + "', came " + PeerNames.of(leaf));
    }

    private boolean isAnchor(X509Certificate certificate) {
        return anchors.stream().anyMatch(anchor -> certificate.equals(anchor.getTrustedCert()));
    }

    private static HandshakeRefusal reasonOf(CertPathValidatorException e) {
        CertPathValidatorException.Reason reason = e.getReason();
        if (reason == BasicReason.EXPIRED) {
            return HandshakeRefusal.EXPIRED;
        }
        if (reason == BasicReason.NOT_YET_VALID) {
            return HandshakeRefusal.NOT_YET_VALID;
        }
        if (reason == PKIXReason.INVALID_KEY_USAGE) {
            return HandshakeRefusal.WRONG_USAGE;
        }
        return reason == PKIXReason.INVALID_NAME ? HandshakeRefusal.WRONG_NAME : HandshakeRefusal.UNKNOWN_ISSUER;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        enforce(judge(Arrays.asList(chain), Usage.CLIENT, null), chain, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        enforce(judge(Arrays.asList(chain), Usage.SERVER, engine.getPeerHost()), chain, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        enforce(judge(Arrays.asList(chain), Usage.CLIENT, null), chain, null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        enforce(judge(Arrays.asList(chain), Usage.SERVER, null), chain, null);
    }

    /* None is named to a client: it has one certificate to show, and a stranger need not learn whom the node trusts. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    private static void enforce(Verdict verdict, X509Certificate[] chain, @Nullable SSLEngine engine)
            throws CertificateException {
        Refused refused = verdict.refused();
        if (refused == null) {
            return;
        }
        HandshakeRefusedException exception = new HandshakeRefusedException(
                refused, HandshakeRefusedException.Shown.by(chain, engine), verdict.causeFor(refused.reason()));
        if (engine instanceof ReferenceCountedOpenSslEngine) {
            throw new OpenSslCertificateException(exception.getMessage(), exception, errorCode(refused.reason()));
        }
        throw exception;
    }

    /* What OpenSSL makes the alert of; any other exception would be sent as internal_error. */
    private static int errorCode(HandshakeRefusal reason) {
        return switch (reason) {
            case UNKNOWN_ISSUER -> CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
            case EXPIRED -> CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED;
            case NOT_YET_VALID -> CertificateVerifier.X509_V_ERR_CERT_NOT_YET_VALID;
            case REVOKED -> CertificateVerifier.X509_V_ERR_CERT_REVOKED;
            case WRONG_USAGE -> CertificateVerifier.X509_V_ERR_INVALID_PURPOSE;
            case NO_CERTIFICATE, WRONG_ROLE, WRONG_NAME, PROTOCOL, CIPHER, TIMEOUT, NOT_TLS, ABORTED ->
                CertificateVerifier.X509_V_ERR_CERT_REJECTED;
        };
    }

    private enum Usage {
        CLIENT("1.3.6.1.5.5.7.3.2"),
        SERVER("1.3.6.1.5.5.7.3.1");

        private final String name;

        Usage(String name) {
            this.name = name;
        }

        boolean allows(X509Certificate leaf, boolean evenUnlimited) {
            try {
                @Nullable List<String> usages = leaf.getExtendedKeyUsage();
                boolean @Nullable [] keyUsage = leaf.getKeyUsage();
                return (usages == null ? evenUnlimited : usages.contains(name))
                        && leaf.getBasicConstraints() < 0
                        && (keyUsage == null || keyUsage[DIGITAL_SIGNATURE]);
            } catch (CertificateParsingException e) {
                return false;
            }
        }
    }

    private record Verdict(
            @Nullable Refused refused, @Nullable CertPathValidatorException cause) {
        static final Verdict GOOD = new Verdict(null, null);

        static Verdict of(HandshakeRefusal reason, String detail) {
            return new Verdict(new Refused(reason, detail), null);
        }

        /* The JDK's engine makes the alert certificate_revoked of this cause. */
        @Nullable
        CertPathValidatorException causeFor(HandshakeRefusal reason) {
            return reason == HandshakeRefusal.REVOKED
                    ? new CertPathValidatorException("revoked", null, null, -1, BasicReason.REVOKED)
                    : cause;
        }
    }

    private static final class Factory extends SimpleTrustManagerFactory {
        private final TrustManager trust;

        Factory(TrustManager trust) {
            this.trust = trust;
        }

        @Override
        protected void engineInit(KeyStore keyStore) {}

        @Override
        protected void engineInit(ManagerFactoryParameters parameters) {}

        @Override
        protected TrustManager[] engineGetTrustManagers() {
            return new TrustManager[] {trust};
        }
    }
}
