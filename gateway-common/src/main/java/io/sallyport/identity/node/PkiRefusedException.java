package io.sallyport.identity.node;

import io.sallyport.identity.IdentityException;

/** An answer of the PKI that is not the one that was asked for: asking the same again would not help. */
final class PkiRefusedException extends IdentityException {
    private final int status;

    PkiRefusedException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** The status code of the answer. */
    int status() {
        return status;
    }
}
