package io.sallyport.gateway.direct;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A gate that says over HTTP/2, without TLS, what a test has it say. */
final class ScriptedGate implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final List<Channel> connections = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<Long> resets = new CopyOnWriteArrayList<>();
    private final Channel listener;
    private volatile Consumer<Request> script =
            request -> request.says(200, "content-length", "2").content("ok").ends();

    ScriptedGate(Http2Settings settings) {
        listener = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        channel.pipeline()
                                .addLast(Http2FrameCodecBuilder.forServer()
                                        .initialSettings(settings)
                                        .validateHeaders(false)
                                        .build())
                                .addLast(new Script());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    URI uri() {
        return URI.create("https://127.0.0.1:" + ((InetSocketAddress) listener.localAddress()).getPort());
    }

    void script(Consumer<Request> next) {
        script = next;
    }

    /** How many connections were opened so far. */
    int connections() {
        return connections.size();
    }

    /** How many of them are open. */
    long open() {
        return connections.stream().filter(Channel::isActive).count();
    }

    /** The targets that were asked for. */
    List<String> asked() {
        return asked;
    }

    /** The error codes with which streams were given up. */
    List<Long> resets() {
        return resets;
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        connections.forEach(connection -> connection.close().syncUninterruptibly());
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** One request, and how it is answered. */
    static final class Request {
        private final ChannelHandlerContext context;
        private final Http2FrameStream stream;
        private final Http2Headers headers;

        Request(ChannelHandlerContext context, Http2HeadersFrame frame) {
            this.context = context;
            this.stream = frame.stream();
            this.headers = frame.headers();
        }

        Http2Headers headers() {
            return headers;
        }

        Request says(int status, String... fields) {
            Http2Headers head = new DefaultHttp2Headers(false).status(Integer.toString(status));
            for (int i = 0; i < fields.length; i += 2) {
                head.add(fields[i], fields[i + 1]);
            }
            var _ = context.writeAndFlush(new DefaultHttp2HeadersFrame(head, false).stream(stream));
            return this;
        }

        Request content(String text) {
            return content(text.getBytes(StandardCharsets.US_ASCII));
        }

        Request content(byte[] bytes) {
            var _ = context.writeAndFlush(
                    new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), false).stream(stream));
            return this;
        }

        void ends() {
            var _ = context.writeAndFlush(new DefaultHttp2DataFrame(true).stream(stream));
        }

        void resets(Http2Error code) {
            var _ = context.writeAndFlush(new DefaultHttp2ResetFrame(code).stream(stream));
        }

        /** The connection ends; streams after this one were not seen to. */
        void goesAway() {
            int lastStream = stream.id();
            ChannelHandlerContext codec = context.pipeline().context(Http2FrameCodec.class);
            context.channel().eventLoop().execute(() -> {
                var _ = ((Http2FrameCodec) codec.handler())
                        .goAway(
                                codec,
                                lastStream,
                                Http2Error.NO_ERROR.code(),
                                Unpooled.EMPTY_BUFFER,
                                codec.newPromise());
                codec.flush();
            });
        }

        void closes() {
            var _ = context.channel().close();
        }
    }

    private final class Script extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object frame) {
            if (frame instanceof Http2HeadersFrame head) {
                asked.add(String.valueOf(head.headers().path()));
                script.accept(new Request(context, head));
            } else if (frame instanceof Http2ResetFrame reset) {
                resets.add(reset.errorCode());
            }
            ReferenceCountUtil.release(frame);
        }
    }
}
