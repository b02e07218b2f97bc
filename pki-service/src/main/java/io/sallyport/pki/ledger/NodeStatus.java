package io.sallyport.pki.ledger;

import java.util.Locale;
import java.util.Optional;

/** Whether a node gets certificates. */
public enum NodeStatus {
    /** It does. */
    ACTIVE,
    /** Not for the time being; what it has goes on to count. */
    SUSPENDED,
    /** Never again; what it had was revoked. */
    DECOMMISSIONED;

    /** The lower-case word of the API. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The status with the word. */
    public static Optional<NodeStatus> ofWord(String word) {
        for (NodeStatus status : values()) {
            if (status.word().equals(word)) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }
}
