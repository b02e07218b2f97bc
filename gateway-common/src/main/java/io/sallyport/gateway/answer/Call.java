package io.sallyport.gateway.answer;

import io.sallyport.gateway.request.ClientExchange;
import io.sallyport.http.RequestHead;
import java.util.Objects;
import reactor.netty.http.server.HttpServerResponse;

/**
 * One customer request and what its answer is written to.
 *
 * @param exchange the request, and what becomes of it
 * @param response what the answer is written to
 */
public record Call(ClientExchange exchange, HttpServerResponse response) {
    /** The head of a request that was well-formed. */
    public RequestHead head() {
        return Objects.requireNonNull(exchange.head());
    }
}
