package io.sallyport.gateway.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.util.concurrent.ScheduledFuture;
import io.sallyport.gateway.setting.ClientProperties;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * Ends a response whose client takes less than a minimum of what waits for it. Counted is what the connection, or the
 * HTTP/2 stream, has really handed on; a client who waits for the origin is not slow.
 */
public final class MinimumRate {
    private volatile Bound bound;

    private record Bound(long bytes, long periodMillis) {}

    MinimumRate(ClientProperties properties) {
        this.bound = bound(properties);
    }

    /** Changes what counts for later responses. */
    public void set(ClientProperties properties) {
        bound = bound(properties);
    }

    private static Bound bound(ClientProperties properties) {
        return new Bound(properties.minimumBytes(), properties.minimumRateOver().toMillis());
    }

    /** The same response, watched until it is written. */
    public Publisher<Void> watch(ClientConnection connection, Publisher<Void> response) {
        Bound now = bound;
        if (now.bytes() == 0) {
            return response;
        }
        return Mono.defer(() -> {
            Watch watch = new Watch(connection, counter(connection.channel()), now.bytes());
            ScheduledFuture<?> ticks = connection
                    .channel()
                    .eventLoop()
                    .scheduleAtFixedRate(watch::tick, now.periodMillis(), now.periodMillis(), TimeUnit.MILLISECONDS);
            return Mono.from(response).doFinally(signal -> ticks.cancel(false));
        });
    }

    private static Counter counter(Channel channel) {
        Counter counter = channel.pipeline().get(Counter.class);
        if (counter == null) {
            counter = new Counter();
            channel.pipeline().addFirst(Counter.class.getName(), counter);
        }
        return counter;
    }

    /** One response. Confined to the connection's loop. */
    private static final class Watch {
        private final ClientConnection connection;
        private final Counter counter;
        private final long minimumBytes;
        private long takenBefore;
        private boolean waitedBefore;

        Watch(ClientConnection connection, Counter counter, long minimumBytes) {
            this.connection = connection;
            this.counter = counter;
            this.minimumBytes = minimumBytes;
            this.takenBefore = counter.taken;
            this.waitedBefore = true;
        }

        void tick() {
            boolean waits = counter.handed > counter.taken;
            if (waits && waitedBefore && counter.taken - takenBefore < minimumBytes) {
                connection.end();
            }
            waitedBefore = waits;
            takenBefore = counter.taken;
        }
    }

    /** Counts the bytes that are handed to a connection, and those that it has taken. */
    private static final class Counter extends ChannelOutboundHandlerAdapter {
        private long handed;
        private long taken;

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            long bytes = bytes(message);
            if (bytes == 0) {
                var _ = context.write(message, promise);
                return;
            }
            handed += bytes;
            var _ = context.write(message, promise.unvoid()).addListener(written -> taken += bytes);
        }

        private static long bytes(Object message) {
            return switch (message) {
                case ByteBuf content -> content.readableBytes();
                case Http2DataFrame data -> data.content().readableBytes();
                default -> 0;
            };
        }
    }
}
