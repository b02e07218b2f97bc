package io.sallyport.identity.peer;

import java.util.Locale;

/** Why a TLS handshake failed: a closed set, fit for a metric's tag. */
public enum HandshakeRefusal {
    NO_CERTIFICATE,
    UNKNOWN_ISSUER,
    EXPIRED,
    NOT_YET_VALID,
    REVOKED,
    WRONG_USAGE,
    WRONG_ROLE,
    WRONG_NAME,
    PROTOCOL,
    CIPHER,
    TIMEOUT,
    NOT_TLS,
    ABORTED;

    /** The reason as it is logged and counted, such as {@code unknown-issuer}. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
