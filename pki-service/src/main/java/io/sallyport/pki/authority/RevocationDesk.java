package io.sallyport.pki.authority;

import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.RevocationReason;
import io.sallyport.pki.ca.RevokedEntry;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ledger.CertificateRecord;
import io.sallyport.pki.ledger.CertificateStatus;
import io.sallyport.pki.policy.Refusal;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.Refusal.Violation;
import io.sallyport.pki.policy.RefusedException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Revokes certificates by serial or many at once. Unless a certificate merely has been superseded, those that were
 * renewed with it go too: whoever held its key may hold them.
 */
public final class RevocationDesk {
    private static final Logger log = LoggerFactory.getLogger(RevocationDesk.class);

    private final Ledger ledger;
    private final RevocationListPublisher publisher;
    private final PkiEvents events;
    private final InstantSource time;

    /** A desk over a ledger. */
    public RevocationDesk(Ledger ledger, RevocationListPublisher publisher, PkiEvents events, InstantSource time) {
        this.ledger = ledger;
        this.publisher = publisher;
        this.events = events;
        this.time = time;
    }

    /** Which certificates are meant. */
    public sealed interface Selection {
        /** All of a node. */
        record OfNode(String nodeId) implements Selection {}

        /** All for a key, by the SHA-256 of its SubjectPublicKeyInfo. */
        record OfKey(String spkiSha256) implements Selection {}

        /** All that are linked by renewal to one certificate, before and after it. */
        record OfLineage(SerialNumber serial) implements Selection {}
    }

    /**
     * A set of certificates that would be or was revoked together.
     *
     * @param confirm the digest of the set
     * @param certificates in the order of recording
     */
    public record Together(String confirm, List<CertificateRecord> certificates) {
        public Together {
            certificates = List.copyOf(certificates);
        }
    }

    /** Revokes a certificate; a second time changes nothing. A serial that was never issued is refused. */
    public CertificateRecord revoke(SerialNumber serial, RevocationReason reason) {
        List<CertificateRecord> revoked = new ArrayList<>();
        ledger.transactions().executeWithoutResult(_ -> {
            Map<SerialNumber, CertificateRecord> all = new LinkedHashMap<>();
            withDescendants(find(serial), reason, all);
            revokeEach(all.values(), reason, revoked);
        });
        publish(revoked, reason);
        return find(serial);
    }

    private CertificateRecord find(SerialNumber serial) {
        return ledger.certificates()
                .find(serial)
                .orElseThrow(() -> new RefusedException(Cause.NOT_FOUND, "no certificate has this serial"));
    }

    private void withDescendants(
            CertificateRecord first, RevocationReason reason, Map<SerialNumber, CertificateRecord> all) {
        Deque<CertificateRecord> open = new ArrayDeque<>(List.of(first));
        while (!open.isEmpty()) {
            CertificateRecord next = open.remove();
            if (all.putIfAbsent(next.serial(), next) == null && reason != RevocationReason.SUPERSEDED) {
                open.addAll(ledger.certificates().successors(next.serial()));
            }
        }
    }

    /** In the caller's transaction. */
    private void revokeEach(
            Collection<CertificateRecord> certificates, RevocationReason reason, List<CertificateRecord> revoked) {
        Instant at = time.instant().truncatedTo(ChronoUnit.SECONDS);
        for (CertificateRecord one : certificates) {
            boolean changed = false;
            for (CertificateStatus from :
                    List.of(CertificateStatus.PENDING, CertificateStatus.ISSUED, CertificateStatus.SUPERSEDED)) {
                changed |= ledger.certificates().move(one.serial(), from, CertificateStatus.REVOKED);
            }
            if (changed) {
                ledger.revocations()
                        .add(
                                one.issuance().issuerId(),
                                new RevokedEntry(one.serial(), at, reason),
                                one.issuance().validity().notAfter());
                revoked.add(one);
            }
        }
    }

    private void publish(List<CertificateRecord> revoked, RevocationReason reason) {
        Set<String> issuers = new HashSet<>();
        revoked.forEach(one -> {
            issuers.add(one.issuance().issuerId());
            events.revoked(reason);
            log.info("certificate revoked serial={} reason={}", one.serial(), reason.word());
        });
        if (!issuers.isEmpty()) {
            publisher.request(issuers);
        }
    }

    /** What would be revoked. */
    public Together select(Selection selection, RevocationReason reason) {
        Instant now = time.instant();
        Map<SerialNumber, CertificateRecord> all = new LinkedHashMap<>();
        switch (selection) {
            case Selection.OfNode(var nodeId) ->
                ledger.certificates().revocableOfNode(nodeId, now).forEach(one -> all.put(one.serial(), one));
            case Selection.OfKey(var spki) ->
                ledger.certificates().revocableOfKey(spki, now).forEach(one -> withDescendants(one, reason, all));
            case Selection.OfLineage(var serial) ->
                withDescendants(eldest(find(serial)), RevocationReason.UNSPECIFIED, all);
        }
        List<CertificateRecord> revocable = all.values().stream()
                .filter(one -> isRevocable(one, now))
                .sorted((one, other) -> Long.compare(one.sequence(), other.sequence()))
                .toList();
        return new Together(digest(revocable), revocable);
    }

    private CertificateRecord eldest(CertificateRecord certificate) {
        CertificateRecord eldest = certificate;
        SerialNumber predecessor = eldest.issuance().predecessor();
        while (predecessor != null) {
            CertificateRecord before = ledger.certificates().find(predecessor).orElse(null);
            if (before == null) {
                return eldest;
            }
            eldest = before;
            predecessor = eldest.issuance().predecessor();
        }
        return eldest;
    }

    private static boolean isRevocable(CertificateRecord certificate, Instant now) {
        return switch (certificate.statusAt(now)) {
            case PENDING, ISSUED, SUPERSEDED -> true;
            case REVOKED, SUSPECT, EXPIRED -> false;
        };
    }

    private static String digest(List<CertificateRecord> certificates) {
        String serials = String.join(
                "\n",
                certificates.stream().map(one -> one.serial().hex()).sorted().toList());
        return Der.sha256(Pem.ascii(serials));
    }

    /**
     * Revokes a set in one transaction and for one list, provided that it still is the set that a dry run has shown.
     *
     * @param confirm the digest that came with the dry run
     */
    public Together revoke(Selection selection, RevocationReason reason, @Nullable String confirm) {
        List<CertificateRecord> revoked = new ArrayList<>();
        Together together = ledger.transactions().execute(_ -> {
            Together set = select(selection, reason);
            if (!set.confirm().equals(confirm)) {
                throw changed(set, confirm);
            }
            revokeEach(set.certificates(), reason, revoked);
            return set;
        });
        if (together == null) {
            throw new IllegalStateException("a transaction without a result");
        }
        publish(revoked, reason);
        return now(together);
    }

    private static RefusedException changed(Together set, @Nullable String confirm) {
        return new RefusedException(new Refusal(
                Cause.SET_CHANGED,
                confirm == null
                        ? "a dry run comes first: give back its confirm"
                        : "these are not the certificates that the dry run has shown",
                set.certificates().stream()
                        .map(one -> new Violation(
                                one.serial().hex(),
                                one.issuance().nodeId() + " " + one.status().word()))
                        .toList(),
                Map.of("confirm", set.confirm())));
    }

    private Together now(Together together) {
        return new Together(
                together.confirm(),
                together.certificates().stream().map(one -> find(one.serial())).toList());
    }

    /** Revokes whatever a node has, in the transaction of {@code first}. */
    Together revokeNode(String nodeId, RevocationReason reason, Runnable first) {
        List<CertificateRecord> revoked = new ArrayList<>();
        Together together = ledger.transactions().execute(_ -> {
            first.run();
            Together set = select(new Selection.OfNode(nodeId), reason);
            revokeEach(set.certificates(), reason, revoked);
            return set;
        });
        if (together == null) {
            throw new IllegalStateException("a transaction without a result");
        }
        publish(revoked, reason);
        return now(together);
    }
}
