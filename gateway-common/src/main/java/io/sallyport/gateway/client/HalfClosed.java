package io.sallyport.gateway.client;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2StreamChannel;
import reactor.netty.http.server.HttpServer;

/**
 * Ends the connection of a client that sends nothing more, after what has been written to it is sent: Netty by itself would
 * throw away what waits for the end of the turn.
 */
@Sharable
final class HalfClosed extends ChannelInboundHandlerAdapter {
    private static final HalfClosed HANDLER = new HalfClosed();

    private HalfClosed() {}

    /** A server that does so for all its connections. */
    static HttpServer guard(HttpServer server) {
        return server.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .doOnChannelInit((observer, channel, remote) -> {
                    if (!(channel instanceof Http2StreamChannel)) {
                        channel.pipeline().addFirst(HalfClosed.class.getName(), HANDLER);
                    }
                });
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            context.channel().flush();
            var _ = context.close();
        } else {
            context.fireUserEventTriggered(event);
        }
    }
}
