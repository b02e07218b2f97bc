package io.sallyport.pki.listener;

import io.sallyport.pki.authority.Application;
import io.sallyport.pki.authority.Issuance;
import io.sallyport.pki.authority.Issuers;
import io.sallyport.pki.authority.Ledger;
import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.NewKey;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.SubjectAltNames;
import io.sallyport.pki.ca.SubjectKey;
import io.sallyport.pki.ledger.CertificateQuery;
import io.sallyport.pki.ledger.CertificateRecord;
import io.sallyport.pki.ledger.CertificateStatus;
import io.sallyport.pki.ledger.Node;
import io.sallyport.pki.policy.Requested;
import java.net.Socket;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service's own key and certificate, which it issues to itself at start and again after a third of its life. Both
 * listeners ask for it in each handshake, so that a new one is used without a restart; an expired one cannot keep the
 * service down, since none is kept.
 */
public final class ServerIdentity extends X509ExtendedKeyManager {
    private static final Logger log = LoggerFactory.getLogger(ServerIdentity.class);
    private static final String ALIAS = "pki";
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);
    private static final int PAGE = 100;

    private final Node node;
    private final Ledger ledger;
    private final Issuance issuance;
    private final Issuers issuers;
    private final InstantSource time;
    private final SecureRandom random;
    private final ScheduledExecutorService executor;
    private volatile Identity identity;

    private record Identity(PrivateKey key, List<X509Certificate> chain, CertificateRecord certificate) {
        private Identity {
            chain = List.copyOf(chain);
        }
    }

    /** An identity for a node in the role pki; it is issued at once. */
    public ServerIdentity(
            Node node,
            Ledger ledger,
            Issuance issuance,
            Issuers issuers,
            InstantSource time,
            SecureRandom random,
            ScheduledExecutorService executor) {
        this.node = node;
        this.ledger = ledger;
        this.issuance = issuance;
        this.issuers = issuers;
        this.time = time;
        this.random = random;
        this.executor = executor;
        ledger.transactions().executeWithoutResult(_ -> ledger.nodes().save(node, time.instant()));
        this.identity = issue();
        supersedeEarlier(identity);
        schedule(untilRenewal(identity));
        issuers.onChange(() -> executor.execute(this::followIssuer));
    }

    /** The certificate of another issuing CA than the active one is replaced at once. */
    private void followIssuer() {
        if (!identity.certificate()
                .issuance()
                .issuerId()
                .equals(issuers.active().id())) {
            renewNow();
        }
    }

    private Identity issue() {
        KeyPair pair = NewKey.p256(random);
        SubjectKey key = new SubjectKey(Der.of(pair.getPublic().getEncoded()), SubjectKey.Type.P256);
        Requested requested =
                new Requested(key, SubjectAltNames.NONE, List.of(), List.of(), List.of(), false, List.of());
        CertificateRecord certificate = issuance.issue(new Application(node, requested, null, null, null, null, null));
        Der der = certificate.der();
        if (der == null) {
            throw new IllegalStateException("an issued certificate without octets");
        }
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(Pem.certificate(der.bytes()));
        String issuerId = certificate.issuance().issuerId();
        chain.addAll(issuers.find(issuerId).orElseThrow().chain());
        return new Identity(pair.getPrivate(), chain, certificate);
    }

    private void supersedeEarlier(Identity current) {
        var query = new CertificateQuery(node.id(), CertificateStatus.ISSUED, null, 0, PAGE);
        for (CertificateRecord earlier : ledger.certificates().list(query, time.instant())) {
            if (!earlier.serial().equals(current.certificate().serial())) {
                ledger.certificates().move(earlier.serial(), CertificateStatus.ISSUED, CertificateStatus.SUPERSEDED);
            }
        }
    }

    private Duration untilRenewal(Identity current) {
        Instant issued = current.certificate().issuance().recordedAt();
        Instant end = current.certificate().issuance().validity().notAfter();
        return Duration.between(issued, end).dividedBy(3);
    }

    private void schedule(Duration delay) {
        var _ = executor.schedule(this::renew, Math.max(1, delay.toMillis()), TimeUnit.MILLISECONDS);
    }

    private void renewNow() {
        Identity next = issue();
        identity = next;
        supersedeEarlier(next);
        log.info("own certificate renewed serial={}", next.certificate().serial());
    }

    private void renew() {
        try {
            renewNow();
            schedule(untilRenewal(identity));
        } catch (RuntimeException e) {
            log.error("own certificate not renewed cause={}", e.toString());
            Duration delay = untilRenewal(identity).dividedBy(2);
            schedule(delay.compareTo(AFTER_FAILURE) < 0 ? delay : AFTER_FAILURE);
        }
    }

    /** The certificate in use. */
    public X509Certificate certificate() {
        return identity.chain().getFirst();
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return keyType.startsWith("EC") ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return identity.key();
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
