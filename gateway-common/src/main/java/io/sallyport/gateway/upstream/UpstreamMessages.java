package io.sallyport.gateway.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;
import io.sallyport.gateway.direct.UnreadInput;
import io.sallyport.gateway.request.ReceivedVersion;
import io.sallyport.gateway.request.RequestHeads;
import io.sallyport.http.ResponseHead;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.util.unit.DataSize;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.HttpDecoderSpec;
import reactor.netty.http.client.HttpClient;

/**
 * Sees to it that an upstream connection gives each request its own response and nothing else. Interim responses (RFC 9110,
 * section 15.2) are lifted out: Reactor Netty's client takes any but 100 for the final one, and the real answer would go to
 * the connection's next request. What comes after the end of a message, such as content beyond its Content-Length, is never
 * taken for the next response (RFC 9112, section 6.3): the connection is not used again. A response gets its Via member here,
 * where it is known in which version it came.
 */
public final class UpstreamMessages implements HttpClientCustomizer {
    private static final String NAME = "sallyport.messages";

    private final int maxInitialLineLength;
    private final int maxHeaderSize;
    private final String pseudonym;

    public UpstreamMessages(HttpClientProperties properties, String pseudonym) {
        this.pseudonym = pseudonym;
        DataSize head = properties.getMaxHeaderSize();
        DataSize line = properties.getMaxInitialLineLength();
        this.maxHeaderSize = head == null ? HttpDecoderSpec.DEFAULT_MAX_HEADER_SIZE : (int) head.toBytes();
        this.maxInitialLineLength =
                line == null ? HttpDecoderSpec.DEFAULT_MAX_INITIAL_LINE_LENGTH : (int) line.toBytes();
    }

    @Override
    public HttpClient customize(HttpClient client) {
        return client.doOnRequest((request, connection) -> {
            ChannelPipeline pipeline = connection.channel().pipeline();
            Guard guard = pipeline.get(Guard.class);
            if (guard == null) {
                Intake intake = new Intake();
                guard = new Guard(this::codec, intake, pseudonym);
                boolean http1 = pipeline.get(NettyPipeline.HttpCodec) != null;
                pipeline.addAfter(http1 ? NettyPipeline.HttpCodec : NettyPipeline.H2ToHttp11Codec, NAME, guard);
                if (http1) {
                    pipeline.addBefore(NettyPipeline.HttpCodec, NAME + ".intake", intake);
                }
            }
            guard.expect(connection.channel());
        });
    }

    private HttpClientCodec codec() {
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(maxInitialLineLength)
                .setMaxHeaderSize(maxHeaderSize);
        return new HttpClientCodec(config, false, false);
    }

    /**
     * Knows whether the codec holds bytes that it has read but not understood yet. A decoder reads from the first buffer
     * itself, and copies what comes later behind what is left of it.
     */
    private static final class Intake extends ChannelInboundHandlerAdapter {
        private boolean leftover;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (!(message instanceof ByteBuf bytes)) {
                context.fireChannelRead(message);
                return;
            }
            leftover |= !bytes.isContiguous();
            context.fireChannelRead(bytes);
            leftover |= bytes.refCnt() > 0 && bytes.isReadable();
        }

        /** Whether there are any, of a codec that will be another from now on. */
        boolean takeLeftover() {
            boolean was = leftover;
            leftover = false;
            return was;
        }
    }

    private static final class Guard extends ChannelInboundHandlerAdapter {
        private final Supplier<HttpClientCodec> codec;
        private final Intake intake;
        private final String pseudonym;
        private boolean expecting;
        private boolean used;
        private boolean upgraded;
        private boolean interimEndPending;
        private boolean excess;
        private boolean renewing;
        /** The end of the message, held back until all that was read with it has been seen. */
        private @Nullable Object end;

        Guard(Supplier<HttpClientCodec> codec, Intake intake, String pseudonym) {
            this.codec = codec;
            this.intake = intake;
            this.pseudonym = pseudonym;
        }

        /** Bytes that came while nothing was asked for would be taken for the beginning of the response. */
        void expect(Channel channel) {
            expecting = true;
            if (used && !(channel instanceof Http2StreamChannel)) {
                renewCodec(channel.pipeline());
                if (excess || UnreadInput.waits(channel)) {
                    var _ = channel.close();
                }
            }
            used = true;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (renewing) {
                excess = true;
                ReferenceCountUtil.release(message);
            } else if (upgraded || !(message instanceof HttpObject)) {
                context.fireChannelRead(message);
            } else if (end != null) {
                excess = true;
                ReferenceCountUtil.release(message);
            } else if (!expecting) {
                ReferenceCountUtil.release(message);
                var _ = context.close();
            } else if (interimEndPending && message instanceof LastHttpContent) {
                interimEndPending = false;
                lifted(context, message);
            } else if (message instanceof HttpResponse response && isInterim(response)) {
                interimEndPending = !(message instanceof FullHttpResponse);
                deliver(context, response);
                lifted(context, message);
            } else {
                pass(context, message);
            }
        }

        private void pass(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpResponse response) {
                upgraded = response.status().code() == 101;
                String version = context.channel() instanceof Http2StreamChannel
                        ? ReceivedVersion.HTTP_2
                        : ReceivedVersion.of(response.protocolVersion());
                response.headers().add(HttpHeaderNames.VIA, version + " " + pseudonym);
            }
            if (message instanceof LastHttpContent && !upgraded && !(context.channel() instanceof Http2StreamChannel)) {
                end = message;
            } else {
                context.fireChannelRead(message);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (renewing) {
                return;
            }
            if (end != null) {
                renewCodec(context.pipeline());
            }
            conclude(context);
            context.fireChannelReadComplete();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            conclude(context);
            context.fireChannelInactive();
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            ReferenceCountUtil.release(end);
            end = null;
        }

        private void conclude(ChannelHandlerContext context) {
            Object held = end;
            if (held != null) {
                end = null;
                expecting = false;
                if (excess) {
                    Connection.from(context.channel()).markPersistent(false);
                }
                context.fireChannelRead(held);
                if (!expecting && context.channel().isActive() && !(context.channel() instanceof Http2StreamChannel)) {
                    // What comes while the connection is idle is seen at once, and not when it has its next request.
                    context.read();
                }
            }
        }

        /**
         * Gives the next message another codec where this one has read bytes that it has not understood yet, which would
         * become the beginning of the next response: a codec that is removed hands them on.
         */
        private void renewCodec(ChannelPipeline pipeline) {
            if (!intake.takeLeftover()) {
                return;
            }
            renewing = true;
            try {
                pipeline.remove(NettyPipeline.HttpCodec);
                pipeline.addBefore(NAME, NettyPipeline.HttpCodec, codec.get());
            } finally {
                renewing = false;
            }
        }

        private static boolean isInterim(HttpResponse response) {
            return response.status().codeClass() == HttpStatusClass.INFORMATIONAL
                    && response.status().code() != 101;
        }

        private static void deliver(ChannelHandlerContext context, HttpResponse response) {
            ChannelOperations<?, ?> operations = ChannelOperations.get(context.channel());
            FetchExchange fetch =
                    operations == null ? null : operations.currentContext().getOrDefault(FetchExchange.class, null);
            if (fetch != null && response.status().code() != 100) {
                fetch.informational(
                        new ResponseHead(response.status().code(), RequestHeads.fields(response.headers())));
            }
        }

        /** The client reads on demand only, so what was taken from it has to be asked for anew. */
        private static void lifted(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
            context.read();
        }
    }
}
