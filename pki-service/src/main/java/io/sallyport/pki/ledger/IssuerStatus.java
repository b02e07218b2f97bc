package io.sallyport.pki.ledger;

import java.util.Locale;
import java.util.Optional;

/** Where an issuing CA stands. */
public enum IssuerStatus {
    /** It may be made the active one; until then, or after it was, it signs its own list only. */
    STANDBY,
    /** It issues. */
    ACTIVE,
    /** It never issues again, and signs its own list until its last certificate has ended. */
    RETIRED;

    /** The lower-case word of the API. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<IssuerStatus> ofWord(String word) {
        for (IssuerStatus status : values()) {
            if (status.word().equals(word)) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }
}
