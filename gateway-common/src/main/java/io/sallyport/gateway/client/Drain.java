package io.sallyport.gateway.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.sallyport.gateway.setting.DrainProperties;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerState;

/**
 * The end of a gate without a failed request. Its readiness is gone already when this begins: it waits until load balancers
 * have seen that, takes no more connections, has clients leave the connections that they have, lets running requests end, and
 * closes what is left when the time is over. Stops before everything else of the application.
 */
public final class Drain implements SmartLifecycle {
    /*
     * HTTP/1.1: the next response says "Connection: close" (RFC 9112, section 9.6). HTTP/2: a GOAWAY that still lets every
     * stream in, then one that names the last (RFC 9113, section 6.8), so that no request is sent in vain. In both cases what
     * the client may have sent before it saw that is given a moment to come; so is the first request, from the end of the
     * handshake on.
     */
    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    private static final AttributeKey<Watch> WATCH = AttributeKey.valueOf(Drain.class, "watch");
    private static final long LONGEST_MOMENT_MILLIS = 500;

    private volatile DrainProperties properties;
    private final Set<Channel> listeners = ConcurrentHashMap.newKeySet();
    private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean running;
    private volatile boolean draining;
    private volatile boolean over;

    /** What is known of a connection; confined to its loop. */
    private static final class Watch {
        private int requests;
        private boolean leaving;
    }

    Drain(DrainProperties properties) {
        this.properties = properties;
    }

    /** Changes how it will end. */
    public void set(DrainProperties next) {
        properties = next;
    }

    /** Has the server's connections watched. */
    HttpServer guard(HttpServer server) {
        return server.doOnBound(bound -> listeners.add(bound.channel()))
                .doOnChannelInit((observer, channel, remote) -> watch(channel))
                .childObserve(this::observe);
    }

    /** Whether clients are to leave their connections. */
    public boolean isDraining() {
        return draining;
    }

    /** Whether no request is taken any more. */
    public boolean isOver() {
        return over;
    }

    private void watch(Channel channel) {
        if (channel instanceof Http2StreamChannel) {
            return;
        }
        channel.attr(WATCH).set(new Watch());
        connections.add(channel);
        channel.closeFuture().addListener(closed -> {
            connections.remove(channel);
            synchronized (this) {
                notifyAll();
            }
        });
        if (draining) {
            channel.eventLoop().execute(() -> leave(channel));
        }
    }

    private void observe(Connection connection, ConnectionObserver.State state) {
        boolean begins = state.equals(HttpServerState.REQUEST_RECEIVED);
        if (!begins && !state.equals(ConnectionObserver.State.DISCONNECTING)) {
            return;
        }
        Channel channel = connection.channel();
        boolean stream = channel instanceof Http2StreamChannel;
        Watch watch = (stream ? channel.parent() : channel).attr(WATCH).get();
        if (watch == null) {
            return;
        }
        watch.requests = Math.max(0, watch.requests + (begins ? 1 : -1));
        if (draining && !begins && !stream) {
            leave(channel);
        }
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public void stop() {
        running = false;
        if (listeners.isEmpty()) {
            return;
        }
        long begin = System.nanoTime();
        try {
            pause(properties.delay());
            draining = true;
            for (Channel listener : listeners) {
                listener.close().await(LONGEST_MOMENT_MILLIS);
            }
            connections.forEach(channel -> channel.eventLoop().execute(() -> leave(channel)));
            awaitEnd(properties.timeout());
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
        over = true;
        int left = connections.size();
        connections.forEach(Drain::closeNow);
        log.info("event=drained ms={} connections-cut={}", (System.nanoTime() - begin) / 1_000_000, left);
    }

    private synchronized void pause(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    private synchronized void awaitEnd(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0 && !connections.isEmpty(); left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Has the client leave; on the connection's loop. */
    private void leave(Channel channel) {
        Watch watch = channel.attr(WATCH).get();
        if (watch == null || watch.leaving) {
            return;
        }
        if (isShakingHands(channel)) {
            watch.leaving = true;
            later(channel, () -> {
                watch.leaving = false;
                leave(channel);
            });
        } else if (isHttp2(channel)) {
            watch.leaving = true;
            var _ = channel.writeAndFlush(goAway().setExtraStreamIds(Integer.MAX_VALUE));
            later(channel, () -> {
                var _ = channel.write(goAway());
                var _ = channel.close(); // which waits for the streams
            });
        } else if (watch.requests == 0) {
            watch.leaving = true;
            later(channel, () -> {
                watch.leaving = false;
                if (isHttp2(channel)) {
                    leave(channel);
                } else if (watch.requests == 0) {
                    var _ = channel.close();
                }
            });
        }
    }

    private static DefaultHttp2GoAwayFrame goAway() {
        return new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR);
    }

    private void later(Channel channel, Runnable task) {
        long moment = Math.min(LONGEST_MOMENT_MILLIS, properties.timeout().toMillis() / 2);
        var _ = channel.eventLoop().schedule(task, moment, TimeUnit.MILLISECONDS);
    }

    private static boolean isShakingHands(Channel channel) {
        SslHandler secured = channel.pipeline().get(SslHandler.class);
        return secured == null
                ? channel.pipeline().get(AbstractSniHandler.class) != null
                : !secured.handshakeFuture().isDone();
    }

    private static boolean isHttp2(Channel channel) {
        return channel.pipeline().get(Http2ConnectionHandler.class) != null;
    }

    /** Closes without waiting for streams, as the handler of HTTP/2 would. */
    private static void closeNow(Channel channel) {
        channel.eventLoop().execute(() -> {
            ChannelHandlerContext first = channel.pipeline().firstContext();
            var _ = first == null ? channel.close() : first.close();
        });
    }
}
