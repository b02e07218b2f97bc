package io.sallyport.pki.authority;

import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.Issuer;
import io.sallyport.pki.ca.LeafContents;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ca.SignerUnavailableException;
import io.sallyport.pki.ledger.CertificateRecord;
import io.sallyport.pki.ledger.EnrollmentToken;
import io.sallyport.pki.ledger.IdempotencyKeys;
import io.sallyport.pki.ledger.NodeStatus;
import io.sallyport.pki.ledger.RegisteredNode;
import io.sallyport.pki.policy.IssuancePolicy;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Issues certificates, so that none leaves that is not recorded. Safe for many threads.
 *
 * <p>The caller has authenticated the one who asks and read the request. What follows here: policy; transaction 1
 * records what is to be signed and uses up the token; signing; verification; transaction 2 records the certificate.
 * Whatever fails after transaction 1 leaves a serial that is never signed again and goes on the list.
 */
public final class Issuance {
    private static final Duration RETRY_WINDOW = Duration.ofMinutes(10);
    private static final int STRIPES = 64;

    private final Ledger ledger;
    private final Issuers issuers;
    private final IssuancePolicy policy;
    private final Suspicion suspicion;
    private final PkiEvents events;
    private final InstantSource time;
    private final SecureRandom random;
    private final Lock[] locks = new Lock[STRIPES];

    /** An issuance with whatever issuing CA is the active one. */
    public Issuance(
            Ledger ledger,
            Issuers issuers,
            IssuancePolicy policy,
            Suspicion suspicion,
            PkiEvents events,
            InstantSource time,
            SecureRandom random) {
        this.ledger = ledger;
        this.issuers = issuers;
        this.policy = policy;
        this.suspicion = suspicion;
        this.events = events;
        this.time = time;
        this.random = random;
        for (int i = 0; i < STRIPES; i++) {
            locks[i] = new ReentrantLock();
        }
    }

    /** The certificate for an application, be it new or that of an earlier try. */
    public CertificateRecord issue(Application application) {
        Lock lock = locks[Math.floorMod(application.spkiSha256().hashCode(), STRIPES)];
        lock.lock();
        try {
            Instant now = time.instant();
            checkNode(application);
            EnrollmentToken token = token(application, now);
            Optional<CertificateRecord> earlier = earlier(application, token, now);
            return earlier.isPresent() ? earlier.get() : issue(application, token, now);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the node gets certificates. */
    private void checkNode(Application application) {
        ledger.nodes().registered(application.node().id()).ifPresent(node -> {
            if (node.status() != NodeStatus.ACTIVE && application.tokenSha256() != null) {
                throw EnrollmentDesk.tokenInvalid();
            }
            refuseInactive(node);
        });
    }

    static void refuseInactive(RegisteredNode node) {
        switch (node.status()) {
            case ACTIVE -> {}
            case SUSPENDED ->
                throw new RefusedException(
                        Cause.NODE_SUSPENDED, "the node " + node.node().id() + " is suspended");
            case DECOMMISSIONED ->
                throw new RefusedException(
                        Cause.NODE_DECOMMISSIONED, "the node " + node.node().id() + " is decommissioned");
        }
    }

    /** What a certificate for an application would say, or a refusal; nothing is recorded. */
    public LeafContents evaluate(Application application) {
        checkNode(application);
        checkKey(application);
        return policy.judge(
                application.node(),
                application.requested(),
                application.notAfter(),
                SerialNumber.random(random),
                issuers.active(),
                time.instant());
    }

    private void checkKey(Application application) {
        if (ledger.certificates()
                .keyIsTaken(application.spkiSha256(), application.node().id())) {
            throw new RefusedException(Cause.KEY_REUSED, "the key is in use elsewhere or was revoked; make a new one");
        }
    }

    private @Nullable EnrollmentToken token(Application application, Instant now) {
        String sha256 = application.tokenSha256();
        return sha256 == null ? null : ledger.tokens().find(sha256, now).orElseThrow(EnrollmentDesk::tokenInvalid);
    }

    private Optional<CertificateRecord> earlier(Application application, @Nullable EnrollmentToken token, Instant now) {
        if (token != null && token.consumedSpki() != null) {
            if (!token.consumedSpki().equals(application.spkiSha256()) || token.serial() == null) {
                throw EnrollmentDesk.tokenInvalid();
            }
            return earlier(new SerialNumber(token.serial()), now, true);
        }
        Application.Idempotency idempotency = application.idempotency();
        if (idempotency != null) {
            Optional<IdempotencyKeys.Use> use = ledger.idempotencyKeys().find(idempotency.caller(), idempotency.key());
            if (use.isPresent()) {
                if (!use.get().requestSha256().equals(idempotency.requestSha256())) {
                    throw new RefusedException(
                            Cause.IDEMPOTENCY_CONFLICT, "this Idempotency-Key came with another request before");
                }
                return earlier(use.get().serial(), now, false);
            }
        }
        if (application.csrSha256() == null || application.notAfter() != null) {
            return Optional.empty();
        }
        return ledger.certificates()
                .findRetry(
                        application.node().id(),
                        application.node().role().word(),
                        application.csrSha256(),
                        now.minus(RETRY_WINDOW))
                .filter(found -> found.usableAt(now));
    }

    private Optional<CertificateRecord> earlier(SerialNumber serial, Instant now, boolean byToken) {
        CertificateRecord found = ledger.certificates()
                .find(serial)
                .orElseThrow(() -> new IllegalStateException("no certificate " + serial + " in the ledger"));
        return switch (found.statusAt(now)) {
            case ISSUED, SUPERSEDED -> Optional.of(found);
            case SUSPECT -> Optional.empty();
            case PENDING ->
                throw new RefusedException(Cause.IN_PROGRESS, "the same request is being served; try again");
            case REVOKED, EXPIRED -> {
                if (byToken) {
                    throw EnrollmentDesk.tokenInvalid();
                }
                yield Optional.of(found);
            }
        };
    }

    private CertificateRecord issue(Application application, @Nullable EnrollmentToken token, Instant now) {
        checkKey(application);
        Issuer issuer = issuers.active();
        SerialNumber serial = SerialNumber.random(random);
        LeafContents contents =
                policy.judge(application.node(), application.requested(), application.notAfter(), serial, issuer, now);
        CertificateRecord.Issuance issuance = issuance(application, issuer, contents, now);
        ledger.transactions().executeWithoutResult(_ -> record(application, token, issuance));
        Der signed = sign(issuer, issuance);
        if (!Boolean.TRUE.equals(
                ledger.transactions().execute(_ -> ledger.certificates().complete(serial, signed)))) {
            throw new RefusedException(Cause.SIGNER_UNAVAILABLE, "the signature came too late; try again");
        }
        events.issued(application.node().role());
        return ledger.certificates().find(serial).orElseThrow();
    }

    private CertificateRecord.Issuance issuance(
            Application application, Issuer issuer, LeafContents contents, Instant now) {
        return new CertificateRecord.Issuance(
                contents.serial(),
                issuer.id(),
                application.node().id(),
                contents.role(),
                policy.profile(contents.role()).version(),
                application.spkiSha256(),
                application.csrSha256(),
                issuer.toBeSigned(contents),
                contents.names().labels(),
                contents.validity(),
                now,
                application.predecessor());
    }

    private void record(Application application, @Nullable EnrollmentToken token, CertificateRecord.Issuance issuance) {
        SerialNumber serial = issuance.serial();
        Instant now = issuance.recordedAt();
        if (token != null && !ledger.tokens().consume(token, issuance.spkiSha256(), serial, now)) {
            throw EnrollmentDesk.tokenInvalid();
        }
        if (!ledger.nodes().holdActive(issuance.nodeId())) {
            ledger.nodes().registered(issuance.nodeId()).ifPresent(Issuance::refuseInactive);
        }
        ledger.certificates().open(issuance);
        Application.Idempotency idempotency = application.idempotency();
        if (idempotency != null) {
            ledger.idempotencyKeys()
                    .save(
                            idempotency.caller(),
                            idempotency.key(),
                            new IdempotencyKeys.Use(idempotency.requestSha256(), serial),
                            now);
        }
    }

    private Der sign(Issuer issuer, CertificateRecord.Issuance issuance) {
        try {
            X509Certificate certificate = issuer.sign(issuance.toBeSigned());
            return Der.of(Pem.encoded(certificate));
        } catch (SignerUnavailableException e) {
            suspicion.suspect(issuance.serial());
            throw new RefusedException(Cause.SIGNER_UNAVAILABLE, "the CA's key does not sign at the moment; try again");
        }
    }
}
