package io.sallyport.identity.revocation;

import io.sallyport.identity.IdentityException;
import java.math.BigInteger;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The revocation lists that handshakes look at; immutable, so that a look-up never waits.
 *
 * @param lists at most one per issuer key
 * @param need what a certificate is whose issuer has no current list
 * @param grace how long past its nextUpdate a list still counts as current
 */
public record RevocationSnapshot(List<RevocationList> lists, Need need, Duration grace) {
    /** No lists, none needed. */
    public static final RevocationSnapshot NONE = new RevocationSnapshot(List.of(), Need.OPTIONAL, Duration.ZERO);

    public RevocationSnapshot {
        lists = List.copyOf(lists);
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace must not be negative: " + grace);
        }
    }

    /** Whether a certificate may be accepted when nothing tells that it is not revoked. */
    public enum Need {
        REQUIRED,
        OPTIONAL
    }

    /** What the lists say about one certificate. */
    public enum Status {
        GOOD,
        REVOKED,
        OUTDATED,
        UNKNOWN
    }

    /**
     * Looks a certificate up in the list of the key that signed it; while the list is current, allocates nothing but for the
     * first look-up of a number that is on it.
     */
    public Status status(BigInteger serialNumber, PublicKey issuerKey, Instant now) {
        for (int i = 0; i < lists.size(); i++) { // an iterator would be garbage
            RevocationList list = lists.get(i);
            if (list.issuerKey().equals(issuerKey)) {
                if (list.serials().contains(serialNumber)) {
                    return Status.REVOKED;
                }
                return isOutdated(list, now) ? Status.OUTDATED : Status.GOOD;
            }
        }
        return Status.UNKNOWN;
    }

    private boolean isOutdated(RevocationList list, Instant now) {
        return now.isAfter(list.nextUpdate()) && now.isAfter(list.nextUpdate().plus(grace));
    }

    /**
     * The snapshot with the list in place of its issuer's former one.
     *
     * @throws IdentityException if the list's number is lower than the former one's
     */
    public RevocationSnapshot with(RevocationList list) {
        List<RevocationList> next = new ArrayList<>(lists.size() + 1);
        for (RevocationList former : lists) {
            if (!former.issuerKey().equals(list.issuerKey())) {
                next.add(former);
            } else if (list.number().compareTo(former.number()) < 0) {
                throw new IdentityException(
                        "CRL number must not go back: " + list.number() + " after " + former.number());
            }
        }
        next.add(list);
        return new RevocationSnapshot(next, need, grace);
    }
}
