package io.sallyport.pki.authority;

import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.Issuer;
import io.sallyport.pki.ca.RevocationList;
import io.sallyport.pki.ca.RevocationListContents;
import io.sallyport.pki.ca.RevokedEntry;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ca.StateFiles;
import io.sallyport.pki.ledger.CertificateRecord;
import io.sallyport.pki.ledger.CertificateStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The list of one issuing CA's key. What is published has been read back and checked: signature, number, and that no
 * entry of the last list is missing. The last list stays in memory, so that it can be had while database or signer are
 * down, and in a file beside the database, so that a database restored from a backup cannot bring a revoked certificate
 * back. Its user sees to it that one thread at a time publishes.
 */
final class IssuerListPublisher {
    private static final Logger log = LoggerFactory.getLogger(IssuerListPublisher.class);
    private static final Duration LIFE = Duration.ofHours(24);

    private final Ledger ledger;
    private final Issuer issuer;
    private final Path file;
    private final InstantSource time;
    private volatile @Nullable RevocationList current;

    IssuerListPublisher(Ledger ledger, Issuer issuer, Path state, InstantSource time) {
        this.ledger = ledger;
        this.issuer = issuer;
        this.file = state.resolve("crl/" + issuer.id() + ".crl");
        this.time = time;
    }

    Issuer issuer() {
        return issuer;
    }

    Optional<RevocationList> current() {
        return Optional.ofNullable(current);
    }

    /** Takes up where the last run ended. */
    void takeUp() {
        Optional<RevocationList> onFile = onFile();
        onFile.ifPresent(this::restore);
        current = ledger.revocations()
                .lastList(issuer.id())
                .map(der -> RevocationList.read(der, issuer.certificate()))
                .filter(inLedger -> onFile.isEmpty()
                        || inLedger.contents().number()
                                >= onFile.get().contents().number())
                .or(() -> onFile)
                .orElse(null);
    }

    private Optional<RevocationList> onFile() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(RevocationList.read(Der.of(Files.readAllBytes(file)), issuer.certificate()));
        } catch (IOException | IllegalArgumentException e) {
            log.warn("published list unreadable file={} cause={}", file, e.getMessage());
            return Optional.empty();
        }
    }

    private void restore(RevocationList published) {
        Set<SerialNumber> known = new HashSet<>(ledger.revocations().ended(issuer.id()));
        ledger.revocations().entries(issuer.id()).forEach(entry -> known.add(entry.serial()));
        for (RevokedEntry entry : published.contents().entries()) {
            if (!known.contains(entry.serial())) {
                ledger.transactions().executeWithoutResult(_ -> restore(entry));
                log.warn("revocation restored from the published list serial={}", entry.serial());
            }
        }
    }

    private void restore(RevokedEntry entry) {
        Optional<CertificateRecord> found = ledger.certificates().find(entry.serial());
        if (found.isEmpty() && time.instant().isAfter(issuer.notAfter())) {
            return;
        }
        for (CertificateStatus from :
                List.of(CertificateStatus.PENDING, CertificateStatus.ISSUED, CertificateStatus.SUPERSEDED)) {
            ledger.certificates().move(entry.serial(), from, CertificateStatus.REVOKED);
        }
        ledger.revocations()
                .add(
                        issuer.id(),
                        entry,
                        found.map(record -> record.issuance().validity().notAfter())
                                .orElse(issuer.notAfter()));
    }

    /** Makes, checks, stores and publishes a list now. */
    RevocationList publish() {
        RevocationList last = current;
        Instant now = time.instant().truncatedTo(ChronoUnit.SECONDS);
        RevocationList list = ledger.transactions().execute(_ -> next(last, now));
        if (list == null) {
            throw new IllegalStateException("a transaction without a result");
        }
        current = list;
        StateFiles.writePublic(file, list.der().bytes());
        return list;
    }

    private RevocationList next(@Nullable RevocationList last, Instant now) {
        long lastNumber = Math.max(
                ledger.revocations().lastNumber(issuer.id()),
                last == null ? 0 : last.contents().number());
        RevocationList list = issuer.sign(new RevocationListContents(
                lastNumber + 1, now, now.plus(LIFE), ledger.revocations().entries(issuer.id())));
        check(list, last, lastNumber);
        if (!ledger.revocations().store(issuer.id(), list)) {
            throw new IllegalStateException("another list with the number " + (lastNumber + 1) + " was stored");
        }
        ledger.revocations().listed(issuer.id(), now);
        return list;
    }

    private void check(RevocationList list, @Nullable RevocationList last, long lastNumber) {
        RevocationList read = RevocationList.read(list.der(), issuer.certificate());
        Set<SerialNumber> serials = read.serials();
        if (read.contents().number() <= lastNumber
                || serials.size() != list.contents().entries().size()) {
            throw new IllegalStateException("the list does not say what it should");
        }
        if (last != null) {
            Set<SerialNumber> missing = last.serials();
            missing.removeAll(serials);
            ledger.revocations().ended(issuer.id()).forEach(missing::remove);
            if (!missing.isEmpty()) {
                throw new IllegalStateException("the list would take back the revocation of " + missing);
            }
        }
    }
}
