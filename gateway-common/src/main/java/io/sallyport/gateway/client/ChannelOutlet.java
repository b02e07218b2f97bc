package io.sallyport.gateway.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.SslHandler;
import io.sallyport.cache.engine.Outlet;
import org.jspecify.annotations.Nullable;

/**
 * A channel that is full while it is not writable. Reactor Netty counts the items that it has written and that are unsent,
 * not their bytes: over TLS, where each is a copy, a slow client would hold megabytes.
 */
public record ChannelOutlet(Channel channel) implements Outlet {
    @Override
    public boolean copies() {
        return channel instanceof Http2StreamChannel || channel.pipeline().get(SslHandler.class) != null;
    }

    @Override
    public void execute(Runnable task) {
        channel.eventLoop().execute(task);
    }

    @Override
    public boolean isFull() {
        return !channel.isWritable();
    }

    @Override
    public void whenDrained(Runnable task) {
        Writability writability = channel.pipeline().get(Writability.class);
        if (writability == null) {
            writability = new Writability();
            channel.pipeline().addFirst(Writability.class.getName(), writability);
        }
        writability.waiting = task;
    }

    private static final class Writability extends ChannelInboundHandlerAdapter {
        private @Nullable Runnable waiting;

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            Runnable task = waiting;
            if (task != null && context.channel().isWritable()) {
                waiting = null;
                task.run();
            }
            context.fireChannelWritabilityChanged();
        }
    }
}
