package io.sallyport.pki.authority;

import io.sallyport.pki.ca.RevocationReason;
import io.sallyport.pki.ca.RevokedEntry;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ledger.CertificateRecord;
import io.sallyport.pki.ledger.CertificateStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds serials that may have been signed although the ledger has no certificate for them, and puts them on the list:
 * nobody knows whether somebody holds such a certificate.
 */
public final class Suspicion {
    private static final Logger log = LoggerFactory.getLogger(Suspicion.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Ledger ledger;
    private final RevocationListPublisher publisher;
    private final InstantSource time;

    /** A suspicion over a ledger. */
    public Suspicion(Ledger ledger, RevocationListPublisher publisher, InstantSource time) {
        this.ledger = ledger;
        this.publisher = publisher;
        this.time = time;
    }

    /** At start: nothing can be in flight, so every PENDING certificate is suspect. */
    public void sweepAtStart() {
        sweep(time.instant().plus(PATIENCE));
    }

    /** While the service runs: what is PENDING for more than 60 s is suspect. */
    public void sweep() {
        sweep(time.instant().minus(PATIENCE));
    }

    private void sweep(Instant before) {
        ledger.certificates().pendingBefore(before).forEach(this::suspect);
    }

    /** Moves a PENDING certificate to SUSPECT and onto the list; anything else stays as it is. */
    public void suspect(SerialNumber serial) {
        ledger.transactions().executeWithoutResult(_ -> {
            if (!ledger.certificates().move(serial, CertificateStatus.PENDING, CertificateStatus.SUSPECT)) {
                return;
            }
            CertificateRecord found = ledger.certificates().find(serial).orElseThrow();
            Instant at = time.instant().truncatedTo(ChronoUnit.SECONDS);
            ledger.revocations()
                    .add(
                            found.issuance().issuerId(),
                            new RevokedEntry(serial, at, RevocationReason.UNSPECIFIED),
                            found.issuance().validity().notAfter());
            log.warn(
                    "certificate suspect serial={} node={}",
                    serial,
                    found.issuance().nodeId());
        });
        ledger.certificates()
                .find(serial)
                .ifPresent(found -> publisher.request(List.of(found.issuance().issuerId())));
    }
}
