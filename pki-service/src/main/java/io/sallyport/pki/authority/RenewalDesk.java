package io.sallyport.pki.authority;

import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.csr.CertificationRequest;
import io.sallyport.pki.ledger.CertificateRecord;
import io.sallyport.pki.ledger.CertificateStatus;
import io.sallyport.pki.ledger.IssuerStatus;
import io.sallyport.pki.ledger.Node;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Renews certificates in two phases: the successor is issued, and the predecessor superseded once it is in use. */
public final class RenewalDesk {
    private final Ledger ledger;
    private final Issuers issuers;
    private final Issuance issuance;
    private final InstantSource time;

    /** A desk over an issuance. */
    public RenewalDesk(Ledger ledger, Issuers issuers, Issuance issuance, InstantSource time) {
        this.ledger = ledger;
        this.issuers = issuers;
        this.issuance = issuance;
        this.time = time;
    }

    /** A successor of the caller's certificate; policy is judged anew. */
    public CertificateRecord renew(Caller caller, CertificationRequest request, @Nullable String idempotencyKey) {
        Node node = ledger.nodes()
                .find(caller.name())
                .filter(known -> known.role() == caller.role())
                .orElseThrow(() -> new RefusedException(Cause.FORBIDDEN, "the node is no longer registered"));
        String csrSha256 = request.der().sha256();
        return issuance.issue(new Application(
                node,
                request.requested(),
                csrSha256,
                null,
                null,
                caller.serial(),
                idempotencyKey == null
                        ? null
                        : new Application.Idempotency(
                                caller.role().word() + "/" + caller.name(), idempotencyKey, csrSha256)));
    }

    /** Notes that a certificate is in use: the one that it renewed is superseded. */
    public void inUse(Caller caller) {
        SerialNumber predecessor = caller.certificate().issuance().predecessor();
        if (predecessor != null) {
            ledger.certificates().move(predecessor, CertificateStatus.ISSUED, CertificateStatus.SUPERSEDED);
        }
    }

    /**
     * When to renew (RFC 9773, section 4.2).
     *
     * @param start from a third of the life on
     * @param end until two thirds of it; the fleet spreads itself in between
     */
    public record Window(Instant start, Instant end) {}

    private boolean isOfRetired(CertificateRecord certificate) {
        return issuers.find(certificate.issuance().issuerId())
                .map(issuers::status)
                .filter(status -> status == IssuerStatus.RETIRED)
                .isPresent();
    }

    /** When to renew a certificate; a revoked one, and one of a retired issuing CA, at once. */
    public Window window(SerialNumber serial) {
        CertificateRecord found = ledger.certificates()
                .find(serial)
                .orElseThrow(() -> new RefusedException(Cause.NOT_FOUND, "no certificate has this serial"));
        Instant issued = found.issuance().recordedAt();
        Instant end = found.issuance().validity().notAfter();
        Duration third = Duration.between(issued, end).dividedBy(3);
        return switch (found.statusAt(time.instant())) {
            case ISSUED, SUPERSEDED, PENDING ->
                isOfRetired(found)
                        ? new Window(issued, issued.plusSeconds(1))
                        : new Window(issued.plus(third), issued.plus(third.multipliedBy(2)));
            case REVOKED, SUSPECT, EXPIRED -> new Window(issued, issued.plusSeconds(1));
        };
    }
}
