package io.sallyport.identity.node;

import java.util.Locale;

/** What may fail in keeping a node's material fresh: a closed set, fit for a metric's tag. */
public enum IdentityProblem {
    /** The PKI gave no new certificate. */
    RENEWAL,
    /** The PKI's revocation lists could not be had or used. */
    REVOCATION_LIST,
    /** The PKI's trust bundle could not be had or used. */
    TRUST_BUNDLE,
    /** The file with the private key. */
    KEY_FILE,
    /** The file with the certificate chain. */
    CHAIN_FILE,
    /** The file with the roots. */
    TRUST_FILE,
    /** The file with the revocation list. */
    CRL_FILE;

    /** As it is logged and counted, such as {@code revocation-list}. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
