package io.sallyport.cache.engine;

import io.sallyport.http.ResponseHead;
import java.util.function.Consumer;

/**
 * The connection that an answer goes to.
 *
 * @param outlet the connection or stream
 * @param informational takes interim responses that arrive before the answer (RFC 9110, section 15.2)
 */
public record Customer(Outlet outlet, Consumer<ResponseHead> informational) {
    /** The cache itself, when it refreshes a stored response that nobody waits for. */
    static final Customer NOBODY = new Customer(Runnable::run, head -> {});
}
