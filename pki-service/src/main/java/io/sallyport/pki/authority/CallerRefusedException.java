package io.sallyport.pki.authority;

import java.security.cert.CertificateException;

/** A certificate that lets nobody in. */
public final class CallerRefusedException extends CertificateException {
    private final Reason reason;

    /** A refusal in one sentence. */
    public CallerRefusedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** The reasons that TLS can tell apart, with the number that OpenSSL knows each by (X509_V_ERR). */
    public enum Reason {
        /** No chain to the root. */
        UNTRUSTED(20),
        /** The certificate's time has not begun. */
        NOT_YET_VALID(9),
        /** The certificate's time is over. */
        EXPIRED(10),
        /** The ledger says revoked or suspect. */
        REVOKED(23),
        /** Another role than this listener lets in, or no clientAuth. */
        WRONG_ROLE(26),
        /** The ledger does not know it, or cannot be asked. */
        UNKNOWN(50);

        private final int openSslCode;

        Reason(int openSslCode) {
            this.openSslCode = openSslCode;
        }

        /** The X509_V_ERR code. */
        public int openSslCode() {
            return openSslCode;
        }
    }
}
