package io.sallyport.identity;

import org.jspecify.annotations.Nullable;

/** Key material, trust or an answer of the PKI that cannot be used; the message is one sentence for an operator. */
public class IdentityException extends RuntimeException {
    /** States what was expected and what came. */
    public IdentityException(String message) {
        super(message);
    }

    /** The same with the failure behind it. */
    public IdentityException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
