package io.sallyport.pki.ca;

/** A file of the hierarchy is missing, unreadable or does not fit the others. The message says which, and what to do. */
public final class UnusableFileException extends RuntimeException {
    /** A complaint in one sentence. */
    public UnusableFileException(String message) {
        super(message);
    }

    /** A complaint in one sentence, with what lies under it. */
    public UnusableFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
