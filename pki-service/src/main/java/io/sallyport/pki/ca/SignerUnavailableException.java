package io.sallyport.pki.ca;

/** The CA's key could not make a signature. Nothing was signed, or nothing that anybody has seen. */
public final class SignerUnavailableException extends RuntimeException {
    /** A failure of the key or of its provider. */
    public SignerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
