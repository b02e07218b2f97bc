package io.sallyport.cache.engine;

/**
 * Ends a reader whose content broke off upstream. It has no cause on purpose: frameworks that look for a lost connection in
 * the chain of causes would take it for the customer's own leaving and end the response as if it were complete.
 */
public final class BrokenTransfer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenTransfer(UpstreamFailure failure) {
        super("content broke off upstream: " + failure.detail(), null, false, false);
    }
}
