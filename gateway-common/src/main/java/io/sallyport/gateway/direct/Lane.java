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
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** The connections of one event loop to one peer, and the requests that wait for one. Confined to its loop. */
final class Lane {
    private static final int MOST_SHARED_CONNECTIONS = 64;
    private static final int MOST_WAITING = 10_000;

    private final URI peer;
    private final EventLoop loop;
    private final Dialer dialer;
    private final DirectLimits limits;
    private final Function<Throwable, UpstreamFailure> failures;
    private final List<DirectConnection> open = new ArrayList<>();
    private final Deque<DirectExchange> waiting = new ArrayDeque<>();
    private int dialing;
    private boolean watched;
    private boolean closed;
    /** Whether a connection bears one request at a time, as the last one that was opened did. */
    private boolean exclusive;

    Lane(URI peer, EventLoop loop, Dialer dialer, DirectLimits limits, Function<Throwable, UpstreamFailure> failures) {
        this.peer = peer;
        this.loop = loop;
        this.dialer = dialer;
        this.limits = limits;
        this.failures = failures;
        this.exclusive = !dialer.mayShare();
    }

    /** Sends a request on a connection that has room for it, else as soon as there is one. */
    void send(DirectExchange exchange) {
        if (waiting.size() >= MOST_WAITING) {
            exchange.fail(DirectFailures.TOO_MANY, false);
            return;
        }
        waiting.add(exchange);
        sendWaiting();
    }

    /** A connection has room again, or is new, or there is more to send. */
    void sendWaiting() {
        while (!waiting.isEmpty()) {
            if (waiting.getFirst().isOver()) {
                waiting.removeFirst();
                continue;
            }
            DirectConnection free = free();
            if (free == null) {
                dial();
                return;
            }
            free.start(waiting.removeFirst());
        }
    }

    private @Nullable DirectConnection free() {
        for (DirectConnection connection : open) {
            if (connection.hasRoom()) {
                return connection;
            }
        }
        return null;
    }

    private void dial() {
        int most = exclusive ? limits.connections() : Math.min(limits.connections(), MOST_SHARED_CONNECTIONS);
        int wanted = exclusive ? waiting.size() : 1;
        watch();
        while (!closed && dialing < wanted && open.size() + dialing < most) {
            dialing++;
            Mono.from(dialer.dial(peer, loop)).subscribe(this::connected, this::failed);
        }
    }

    private void connected(Connection connection) {
        if (!loop.inEventLoop()) {
            loop.execute(() -> connected(connection));
            return;
        }
        Channel channel = connection.channel();
        if (closed || !channel.isActive()) {
            var _ = channel.close();
            failed(new ClosedChannelException());
            return;
        }
        dialing--;
        watch();
        exclusive = !dialer.speaksHttp2(channel);
        open.add(
                exclusive
                        ? new DirectHttp1(channel, this, limits, failures)
                        : new DirectHttp2(channel, this, limits, failures));
        sendWaiting();
    }

    /** Whoever waits for a connection of its own may still get another one. */
    private void failed(Throwable error) {
        if (!loop.inEventLoop()) {
            loop.execute(() -> failed(error));
            return;
        }
        dialing--;
        UpstreamFailure failure = failures.apply(error);
        boolean hopeless = !exclusive || (open.isEmpty() && dialing == 0);
        for (DirectExchange failing : takeWaiting(hopeless ? waiting.size() : 1)) {
            failing.fail(failure, failing.wasProcessed());
        }
    }

    private List<DirectExchange> takeWaiting(int most) {
        List<DirectExchange> taken = new ArrayList<>();
        while (!waiting.isEmpty() && taken.size() < most) {
            taken.add(waiting.removeFirst());
        }
        return taken;
    }

    boolean isOutdated(Channel channel) {
        return dialer.isOutdated(channel);
    }

    /** While there is anything, it is looked after. */
    private void watch() {
        if (!watched) {
            watched = true;
            var _ = loop.schedule(this::look, limits.lookMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        watched = false;
        long now = System.nanoTime();
        while (!waiting.isEmpty()
                && (waiting.getFirst().isOver() || waiting.getFirst().isLate(now, limits))) {
            waiting.removeFirst().fail(DirectFailures.NO_CONNECTION, false);
        }
        List.copyOf(open).forEach(connection -> connection.look(now));
        if (!open.isEmpty() || !waiting.isEmpty()) {
            watch();
        }
    }

    void ended(DirectConnection connection) {
        open.remove(connection);
        sendWaiting();
    }

    void close() {
        closed = true;
        List.copyOf(open).forEach(DirectConnection::retire);
    }
}
