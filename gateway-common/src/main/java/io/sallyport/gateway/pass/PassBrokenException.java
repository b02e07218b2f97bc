package io.sallyport.gateway.pass;

import io.sallyport.gateway.upstream.Failures;

/** The content of a pass broke off upstream. Without a cause, so that nothing takes it for the customer's own leaving. */
final class PassBrokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PassBrokenException(Throwable error) {
        super("content broke off upstream: " + Failures.of(error).detail(), null, false, false);
    }
}
