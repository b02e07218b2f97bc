package io.sallyport.gateway.direct;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.sallyport.cache.engine.Upstream;
import io.sallyport.cache.engine.UpstreamFailure;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Sends requests without content to gates over HTTP/2. Each event loop has connections of its own, so that a response comes
 * where its customer is. Thread-safe.
 */
public final class DirectClient implements AutoCloseable {
    private final Dialer dialer;
    private final DirectLimits limits;
    private final EventLoopGroup loops;
    private final Function<Throwable, UpstreamFailure> failures;
    private final Map<EventLoop, Map<URI, Lane>> lanes = new ConcurrentHashMap<>();

    /**
     * A client without connections.
     *
     * @param loops chooses a loop for a caller; the caller's own where it is on one
     * @param failures what an error of a connection means
     */
    public DirectClient(
            Dialer dialer, DirectLimits limits, EventLoopGroup loops, Function<Throwable, UpstreamFailure> failures) {
        this.dialer = dialer;
        this.limits = limits;
        this.loops = loops;
        this.failures = failures;
    }

    /** Sends a request; what comes of it is told to the receiver, also before this returns. From any thread. */
    public Upstream.Exchange send(URI gate, DirectRequest request, Receiver receiver) {
        EventLoop loop = loops.next();
        DirectExchange exchange = new DirectExchange(request, receiver, loop, failures);
        if (loop.inEventLoop()) {
            lane(loop, gate).send(exchange);
        } else {
            loop.execute(() -> lane(loop, gate).send(exchange));
        }
        return exchange;
    }

    private Lane lane(EventLoop loop, URI gate) {
        return lanes.computeIfAbsent(loop, first -> new HashMap<>())
                .computeIfAbsent(gate, first -> new Lane(gate, loop, dialer, limits, failures));
    }

    /** Ends the connections that carry nothing, the others when they carry nothing more. */
    @Override
    public void close() {
        lanes.forEach((loop, byGate) -> {
            if (!loop.isShuttingDown()) {
                loop.execute(() -> byGate.values().forEach(Lane::close));
            }
        });
    }
}
