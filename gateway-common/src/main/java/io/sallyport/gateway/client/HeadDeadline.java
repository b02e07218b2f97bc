package io.sallyport.gateway.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerState;

/**
 * Closes the connection of a client who does not bring the head of a request in time: counted from the connection's start,
 * and from the first byte that comes while no request is running. An HTTP/2 connection has to bring its first request in
 * time; after that the idle time-out sees to it.
 */
public final class HeadDeadline extends ChannelDuplexHandler {
    private final Duration timeout;
    private int running;
    private boolean http2;
    private boolean awaited;
    private long awaitedSince;
    /** Runs now and then while the connection is used, so that no request pays for a timer of its own. */
    private @Nullable Future<?> look;

    private HeadDeadline(Duration timeout) {
        this.timeout = timeout;
    }

    /** A server that gives each head this long. */
    static HttpServer guard(HttpServer server, Duration timeout) {
        return server.doOnChannelInit((observer, channel, remote) ->
                        channel.pipeline().addFirst(HeadDeadline.class.getName(), new HeadDeadline(timeout)))
                .childObserve(HeadDeadline::observe);
    }

    private static void observe(Connection connection, ConnectionObserver.State state) {
        boolean begins = state.equals(HttpServerState.REQUEST_RECEIVED);
        if (!begins && !state.equals(ConnectionObserver.State.DISCONNECTING)) {
            return;
        }
        Channel channel = connection.channel();
        boolean stream = channel instanceof Http2StreamChannel;
        HeadDeadline handler = (stream ? channel.parent() : channel).pipeline().get(HeadDeadline.class);
        if (handler == null) {
            return;
        }
        handler.http2 |= stream;
        if (begins) {
            handler.begun();
        } else {
            handler.running = Math.max(0, handler.running - 1);
        }
    }

    private void begun() {
        running++;
        awaited = false;
    }

    /** A request has come and has been answered. */
    public void answered() {
        awaited = false;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        arm(context);
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (running == 0 && !http2) {
            arm(context);
        }
        context.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Future<?> pending = look;
        if (pending != null) {
            pending.cancel(false);
        }
        context.fireChannelInactive();
    }

    private void arm(ChannelHandlerContext context) {
        if (!awaited) {
            awaited = true;
            awaitedSince = System.nanoTime();
            if (look == null) {
                look(context, timeout.toNanos());
            }
        }
    }

    private void look(ChannelHandlerContext context, long nanos) {
        look = context.executor()
                .schedule(
                        () -> {
                            look = null;
                            if (awaited) {
                                judge(context);
                            }
                        },
                        nanos,
                        TimeUnit.NANOSECONDS);
    }

    private void judge(ChannelHandlerContext context) {
        long left = timeout.toNanos() - (System.nanoTime() - awaitedSince);
        if (left > 0) {
            look(context, left);
        } else {
            var _ = context.close();
        }
    }
}
