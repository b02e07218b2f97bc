package io.sallyport.gateway.observe;

import io.sallyport.cache.engine.Answer;
import io.sallyport.gateway.request.ClientExchange;

/** Who is told of every customer request at its end. */
public final class Observers {
    private final CacheMeters meters;
    private final AccessLog accessLog;

    public Observers(CacheMeters meters, AccessLog accessLog) {
        this.meters = meters;
        this.accessLog = accessLog;
    }

    /** The clock of what is told; only differences mean anything. */
    public long nanoTime() {
        return System.nanoTime();
    }

    /** The cache has answered what was waited for since then. */
    public void answered(Answer answer, long sinceNanos) {
        meters.waited(answer, nanoTime() - sinceNanos);
    }

    /** The answer is sent, or its client has left. */
    public void ended(ClientExchange exchange) {
        meters.count(exchange);
        accessLog.log(exchange, exchange.elapsedNanos(nanoTime()));
    }
}
