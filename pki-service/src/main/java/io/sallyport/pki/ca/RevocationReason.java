package io.sallyport.pki.ca;

import java.util.Optional;

/** Why a certificate is revoked: the CRLReasons of RFC 5280, section 5.3.1, that fit a leaf and are final. */
public enum RevocationReason {
    /** No reason is given; it is left out of the list's entry. */
    UNSPECIFIED("unspecified", 0),
    /** Somebody else has or may have the private key. */
    KEY_COMPROMISE("keyCompromise", 1),
    /** The names are no longer the holder's. */
    AFFILIATION_CHANGED("affiliationChanged", 3),
    /** Another certificate has taken its place. */
    SUPERSEDED("superseded", 4),
    /** The node is gone. */
    CESSATION_OF_OPERATION("cessationOfOperation", 5),
    /** The holder may no longer do what the certificate says. */
    PRIVILEGE_WITHDRAWN("privilegeWithdrawn", 9);

    private final String word;
    private final int code;

    RevocationReason(String word, int code) {
        this.word = word;
        this.code = code;
    }

    /** The name that RFC 5280 gives it. */
    public String word() {
        return word;
    }

    int code() {
        return code;
    }

    /** The reason with the given name; empty where there is none that this PKI accepts. */
    public static Optional<RevocationReason> ofWord(String word) {
        for (RevocationReason reason : values()) {
            if (reason.word.equals(word)) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }

    static RevocationReason ofCode(int code) {
        for (RevocationReason reason : values()) {
            if (reason.code == code) {
                return reason;
            }
        }
        return UNSPECIFIED;
    }
}
