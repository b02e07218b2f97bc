package io.sallyport.gateway;

import io.sallyport.cache.engine.Answer;

/** Who is told of every customer request at its end. */
final class Observers {
    private final CacheMeters meters;
    private final AccessLog accessLog;

    Observers(CacheMeters meters, AccessLog accessLog) {
        this.meters = meters;
        this.accessLog = accessLog;
    }

    long nanoTime() {
        return System.nanoTime();
    }

    void answered(Answer answer, long sinceNanos) {
        meters.waited(answer, nanoTime() - sinceNanos);
    }

    void ended(ClientExchange exchange) {
        meters.count(exchange);
        accessLog.log(exchange, exchange.elapsedNanos(nanoTime()));
    }
}
