package io.sallyport.gateway.hit;

import io.sallyport.cache.engine.Plan;
import io.sallyport.gateway.request.ClientExchange;
import io.sallyport.gateway.request.ReceivedRequest;

/**
 * What is to become of a request, before anything is done about it.
 *
 * @param exchange the request, and what has been found out about it
 * @param plan what is to be done; it may hold a stored response, which is to be given back
 */
public record Decision(ClientExchange exchange, Plan plan) {
    /** The same of the same request, whose answer goes to another channel. */
    Decision of(ReceivedRequest request) {
        return new Decision(exchange.of(request), plan);
    }
}
