package io.sallyport.pki.ledger;

import java.util.Locale;
import java.util.Optional;

/** Where a certificate stands. */
public enum CertificateStatus {
    /** Recorded, not yet known to be signed. */
    PENDING,
    /** Signed, recorded and in use. */
    ISSUED,
    /** Its successor has been seen in use; it may still be used and is on no list. */
    SUPERSEDED,
    /** On the list until it has ended. */
    REVOKED,
    /** It may have been signed although nobody knows: on the list like a revoked one. */
    SUSPECT,
    /** Its time is over. */
    EXPIRED;

    /** The lower-case word of the API. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The status with the word. */
    public static Optional<CertificateStatus> ofWord(String word) {
        for (CertificateStatus status : values()) {
            if (status.word().equals(word)) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }
}
