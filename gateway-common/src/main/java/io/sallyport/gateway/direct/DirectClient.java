package io.sallyport.gateway.direct;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.sallyport.cache.engine.Upstream;
import io.sallyport.cache.engine.UpstreamFailure;
import java.net.URI;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Sends requests without content upstream, over HTTP/2 to peers that agree to it, else over HTTP/1.1. Each event loop has connections of its own, so that a response comes
 * where its customer is. Thread-safe.
 */
public final class DirectClient implements AutoCloseable {
    private final Map<String, Dialer> dialers;
    private final DirectLimits limits;
    private final EventLoopGroup loops;
    private final Function<Throwable, UpstreamFailure> failures;
    private final Map<EventLoop, Map<URI, Lane>> lanes = new ConcurrentHashMap<>();

    /**
     * A client without connections.
     *
     * @param dialers open connections, one for each scheme
     * @param loops chooses a loop for a caller; the caller's own where it is on one
     * @param failures what an error of a connection means
     */
    public DirectClient(
            Collection<? extends Dialer> dialers,
            DirectLimits limits,
            EventLoopGroup loops,
            Function<Throwable, UpstreamFailure> failures) {
        this.dialers = dialers.stream().collect(Collectors.toUnmodifiableMap(Dialer::scheme, Function.identity()));
        this.limits = limits;
        this.loops = loops;
        this.failures = failures;
    }

    /** Whether requests can be sent to a peer. */
    public boolean reaches(URI peer) {
        return dialers.containsKey(peer.getScheme());
    }

    /** Sends a request to a peer that it reaches; what comes of it is told to the receiver, also before this returns. From any thread. */
    public Upstream.Exchange send(URI peer, DirectRequest request, Receiver receiver) {
        EventLoop loop = loops.next();
        DirectExchange exchange = new DirectExchange(request, receiver, loop, failures);
        if (loop.inEventLoop()) {
            lane(loop, peer).send(exchange);
        } else {
            loop.execute(() -> lane(loop, peer).send(exchange));
        }
        return exchange;
    }

    private Lane lane(EventLoop loop, URI peer) {
        return lanes.computeIfAbsent(loop, first -> new HashMap<>())
                .computeIfAbsent(peer, first -> new Lane(peer, loop, dialer(peer), limits, failures));
    }

    private Dialer dialer(URI peer) {
        return Objects.requireNonNull(dialers.get(peer.getScheme()), () -> "no connections to " + peer.getScheme());
    }

    /** Ends the connections that carry nothing, the others when they carry nothing more. */
    @Override
    public void close() {
        lanes.forEach((loop, byPeer) -> {
            if (!loop.isShuttingDown()) {
                loop.execute(() -> byPeer.values().forEach(Lane::close));
            }
        });
    }
}
