package io.sallyport.cache.engine;

import io.sallyport.http.RequestHead;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The exchange of a fill with upstream, and those that continue it where it broke off; one at a time. Thread-safe. */
final class Exchanges {
    private @Nullable Upstream upstream;
    private Upstream.@Nullable Exchange running;
    private int begun;
    private boolean stopped;

    /** Sends the first request. */
    void begin(Upstream through, RequestHead request, Upstream.Sink sink) {
        synchronized (this) {
            upstream = through;
        }
        next(through, request, sink);
    }

    /** Sends a further request, in the place of the exchange that has ended. */
    void proceed(RequestHead request, Upstream.Sink sink) {
        upstream().ifPresent(through -> next(through, request, sink));
    }

    private void next(Upstream through, RequestHead request, Upstream.Sink sink) {
        int number;
        synchronized (this) {
            number = ++begun;
        }
        Upstream.Exchange started = through.fetch(request, sink);
        boolean unwanted;
        synchronized (this) {
            if (number == begun) { // else another has followed it meanwhile
                running = started;
            }
            unwanted = stopped;
        }
        if (unwanted) {
            started.cancel();
        }
    }

    /** How many have followed the first. */
    synchronized int continuations() {
        return begun - 1;
    }

    /** The way upstream, once the first request was sent. */
    synchronized Optional<Upstream> upstream() {
        return Optional.ofNullable(upstream);
    }

    /** Asks the running exchange for more. */
    void resume() {
        Upstream.Exchange resumed = running();
        if (resumed != null) {
            resumed.resume();
        }
    }

    /** Gives up the running exchange, or the one that is about to run. */
    void stop() {
        synchronized (this) {
            stopped = true;
        }
        Upstream.Exchange given = running();
        if (given != null) {
            given.cancel();
        }
    }

    private synchronized Upstream.@Nullable Exchange running() {
        return running;
    }
}
