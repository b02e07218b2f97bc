package io.sallyport.pki;

/** The service cannot start as it is set up; the message says why, and the action what to change. */
public final class StartFailureException extends RuntimeException {
    private final String action;

    /** A failure in one sentence and its remedy in another. */
    public StartFailureException(String message, String action, Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    /** The same where nothing else has failed. */
    public StartFailureException(String message, String action) {
        super(message);
        this.action = action;
    }

    /** What to change. */
    public String action() {
        return action;
    }
}
