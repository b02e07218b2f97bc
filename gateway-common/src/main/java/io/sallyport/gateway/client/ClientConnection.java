package io.sallyport.gateway.client;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.sallyport.cache.engine.Customer;
import io.sallyport.cache.rule.HopByHop;
import io.sallyport.gateway.request.InternalFields;
import io.sallyport.gateway.request.ReceivedRequest;
import io.sallyport.http.ResponseHead;
import reactor.netty.NettyPipeline;

/** The connection or stream of one customer, for what Reactor Netty's response cannot do. */
public record ClientConnection(Channel channel, HttpVersion version) {
    /** The connection or stream on which the request came. */
    public static ClientConnection of(ReceivedRequest request) {
        return new ClientConnection(request.channel(), request.version());
    }

    /** The client as the one who waits for a fill. */
    public Customer customer() {
        return new Customer(new ChannelOutlet(channel), this::informational);
    }

    /** Sends an interim response ahead of the final one; HTTP/1.0 clients get none (RFC 9110, section 15.2). */
    private void informational(ResponseHead interim) {
        ChannelHandlerContext traffic = channel.pipeline().context(NettyPipeline.HttpTrafficHandler);
        if (traffic == null || version.equals(HttpVersion.HTTP_1_0)) {
            return;
        }
        HttpHeaders fields = new DefaultHttpHeaders();
        InternalFields.strip(HopByHop.strip(interim.fields())).forEach((name, value) -> fields.add(name, value));
        var _ = traffic.writeAndFlush(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(interim.status()),
                Unpooled.EMPTY_BUFFER,
                fields,
                EmptyHttpHeaders.INSTANCE));
    }

    /** Ends a response at once, whatever still waits to be written. */
    void end() {
        if (channel instanceof Http2StreamChannel) {
            abort();
        } else {
            var _ = channel.close();
        }
    }

    /**
     * Ends a response whose content broke off so that the customer sees it broken: HTTP/1.1 closes the connection without
     * the last chunk (RFC 9112, section 8), HTTP/2 resets the stream.
     */
    public void abort() {
        if (channel instanceof Http2StreamChannel) {
            ChannelHandlerContext traffic = channel.pipeline().context(NettyPipeline.HttpTrafficHandler);
            var _ = (traffic == null ? channel : traffic)
                    .writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
        } else {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
