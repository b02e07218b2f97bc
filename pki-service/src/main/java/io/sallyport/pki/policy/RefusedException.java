package io.sallyport.pki.policy;

/** Carries a {@link Refusal} out of the steps of a request; it has no stack trace. */
public final class RefusedException extends RuntimeException {
    private final transient Refusal refusal;

    /** Ends the request with the refusal. */
    public RefusedException(Refusal refusal) {
        super(refusal.cause().word() + ": " + refusal.detail(), null, false, false);
        this.refusal = refusal;
    }

    /** Ends the request with a refusal of the whole. */
    public RefusedException(Refusal.Cause cause, String detail) {
        this(new Refusal(cause, detail));
    }

    /** What is refused. */
    public Refusal refusal() {
        return refusal;
    }
}
