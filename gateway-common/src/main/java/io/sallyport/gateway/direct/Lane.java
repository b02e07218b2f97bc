package io.sallyport.gateway.direct;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.sallyport.cache.engine.UpstreamFailure;
import java.net.URI;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** The connections of one event loop to one gate, and the requests that wait for one. Confined to its loop. */
final class Lane {
    private static final int MOST_CONNECTIONS = 64;
    private static final int MOST_WAITING = 10_000;
    private static final long ASK_AGAIN_NANOS = 60_000_000_000L;
    private static final UpstreamFailure TOO_MANY =
            new UpstreamFailure(UpstreamFailure.Kind.OVERLOAD, "too many wait for a connection");
    private static final UpstreamFailure NO_CONNECTION =
            new UpstreamFailure(UpstreamFailure.Kind.TIMEOUT, "no connection in time");

    private final URI gate;
    private final EventLoop loop;
    private final Dialer dialer;
    private final DirectLimits limits;
    private final Function<Throwable, UpstreamFailure> failures;
    private final List<DirectConnection> open = new ArrayList<>();
    private final Deque<DirectExchange> waiting = new ArrayDeque<>();
    private boolean dialing;
    private boolean closed;
    private boolean http1;
    private long http1Since;

    Lane(URI gate, EventLoop loop, Dialer dialer, DirectLimits limits, Function<Throwable, UpstreamFailure> failures) {
        this.gate = gate;
        this.loop = loop;
        this.dialer = dialer;
        this.limits = limits;
        this.failures = failures;
    }

    /** Sends a request on a connection that has room for it, else as soon as there is one. */
    void send(DirectExchange exchange) {
        if (exchange.isOver()) {
            return;
        }
        if (http1 && System.nanoTime() - http1Since < ASK_AGAIN_NANOS) {
            exchange.unavailable();
            return;
        }
        for (DirectConnection connection : open) {
            if (connection.hasRoom()) {
                connection.start(exchange);
                return;
            }
        }
        if (waiting.size() >= MOST_WAITING) {
            exchange.fail(TOO_MANY, false);
            return;
        }
        waiting.add(exchange);
        dial();
    }

    private void dial() {
        if (dialing || closed || open.size() >= MOST_CONNECTIONS) {
            return;
        }
        dialing = true;
        Mono.from(dialer.dial(gate, loop)).subscribe(this::connected, this::failed);
    }

    private void connected(Connection connection) {
        Channel channel = connection.channel();
        if (!loop.inEventLoop()) {
            loop.execute(() -> connected(connection));
            return;
        }
        dialing = false;
        http1 = !dialer.speaksHttp2(channel);
        if (http1) {
            http1Since = System.nanoTime();
            var _ = channel.close();
            takeWaiting().forEach(DirectExchange::unavailable);
            return;
        }
        if (closed || !channel.isActive()) {
            var _ = channel.close();
            failed(new ClosedChannelException());
            return;
        }
        open.add(new DirectConnection(channel, this, limits, failures));
        sendWaiting();
    }

    private void failed(Throwable error) {
        if (!loop.inEventLoop()) {
            loop.execute(() -> failed(error));
            return;
        }
        dialing = false;
        UpstreamFailure failure = failures.apply(error);
        takeWaiting().forEach(exchange -> exchange.fail(failure, exchange.wasProcessed()));
    }

    private List<DirectExchange> takeWaiting() {
        List<DirectExchange> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    /** A connection has room again, or is new. */
    void sendWaiting() {
        if (!waiting.isEmpty()) {
            takeWaiting().forEach(this::send);
        }
    }

    boolean isOutdated(Channel channel) {
        return dialer.isOutdated(channel);
    }

    /** What waits for a connection does not wait for ever. */
    void look(long now) {
        while (!waiting.isEmpty() && waiting.getFirst().isLate(now, limits)) {
            waiting.removeFirst().fail(NO_CONNECTION, false);
        }
    }

    void ended(DirectConnection connection) {
        open.remove(connection);
        if (!waiting.isEmpty()) {
            dial();
        }
    }

    void close() {
        closed = true;
        List.copyOf(open).forEach(DirectConnection::retire);
    }
}
