package io.sallyport.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** HTTP/1.1 clients with a connection each, all on one event loop, which counts what comes and looks at the clock. */
final class CollapseClient implements AutoCloseable {
    private static final int HANDSHAKES_AT_ONCE = 100;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final SslContext tls;

    CollapseClient(Path trust) throws SSLException {
        tls = SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL)
                .trustManager(trust.toFile())
                .protocols("TLSv1.3")
                .build();
    }

    /** What came of a request. */
    record Answered(int status, long bytes, boolean complete, long sentNanos, long firstNanos, long endNanos) {
        double firstMillis() {
            return (firstNanos - sentNanos) / 1e6;
        }

        double millis() {
            return (endNanos - sentNanos) / 1e6;
        }
    }

    /** Connections to a server that are ready to be used. */
    List<Connection> connect(URI server, int number) throws Exception {
        List<Connection> all = new ArrayList<>();
        while (all.size() < number) {
            List<CompletableFuture<Connection>> batch = new ArrayList<>();
            for (int i = 0; i < Math.min(HANDSHAKES_AT_ONCE, number - all.size()); i++) {
                batch.add(begin(server, false));
            }
            for (CompletableFuture<Connection> connection : batch) {
                all.add(connection.get(60, TimeUnit.SECONDS));
            }
        }
        return all;
    }

    /** A connection that takes about 10 KB a second. */
    Connection slow(URI server) throws Exception {
        return begin(server, true).get(60, TimeUnit.SECONDS);
    }

    private CompletableFuture<Connection> begin(URI server, boolean slow) {
        CompletableFuture<Connection> ready = new CompletableFuture<>();
        Connection connection = new Connection(slow);
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (server.getScheme().equals("https")) {
                            channel.pipeline()
                                    .addLast(tls.newHandler(channel.alloc(), server.getHost(), server.getPort()));
                        }
                        channel.pipeline()
                                .addLast(new HttpClientCodec(
                                        new HttpDecoderConfig().setMaxChunkSize(64 << 10), false, false))
                                .addLast(connection);
                    }
                });
        if (slow) {
            bootstrap
                    .option(ChannelOption.SO_RCVBUF, 16 << 10)
                    .option(
                            ChannelOption.RECVBUF_ALLOCATOR,
                            new FixedRecvByteBufAllocator(10_000).maxMessagesPerRead(1));
        }
        bootstrap.connect("127.0.0.1", server.getPort()).addListener(connected -> {
            if (!connected.isSuccess()) {
                ready.completeExceptionally(connected.cause());
                return;
            }
            SslHandler handshake =
                    ((ChannelFuture) connected).channel().pipeline().get(SslHandler.class);
            if (handshake == null) {
                ready.complete(connection);
            } else {
                handshake.handshakeFuture().addListener(shaken -> {
                    if (shaken.isSuccess()) {
                        ready.complete(connection);
                    } else {
                        ready.completeExceptionally(shaken.cause());
                    }
                });
            }
        });
        return ready;
    }

    /** One connection, and the request that is under way on it. Its fields are the event loop's. */
    static final class Connection extends SimpleChannelInboundHandler<HttpObject> implements AutoCloseable {
        private final boolean slow;
        private volatile Channel channel;
        private CompletableFuture<Answered> answer = new CompletableFuture<>();
        private int status;
        private long bytes;
        private long sentNanos;
        private long firstNanos;

        @SuppressWarnings("NullAway.Init") // set when it is added, before anybody gets hold of it
        private Connection(boolean slow) {
            this.slow = slow;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            channel = context.channel();
        }

        CompletableFuture<Answered> get(String target, String... fields) {
            CompletableFuture<Answered> next = new CompletableFuture<>();
            channel.eventLoop().execute(() -> {
                answer = next;
                status = 0;
                bytes = 0;
                firstNanos = 0;
                sentNanos = System.nanoTime();
                FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target);
                request.headers().set("Host", "www.example.com"); // one for all edges, as customers' is: keys hold it
                for (int i = 0; i < fields.length; i += 2) {
                    request.headers().set(fields[i], fields[i + 1]);
                }
                var _ = channel.writeAndFlush(request);
                if (!channel.isActive()) {
                    end(false);
                }
            });
            return next;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
            if (message instanceof HttpResponse response) {
                status = response.status().code();
                firstNanos = System.nanoTime();
                if (slow) {
                    channel.config().setAutoRead(false);
                    var _ = channel.eventLoop().scheduleAtFixedRate(channel::read, 1, 1, TimeUnit.SECONDS);
                }
            }
            if (message instanceof HttpContent content) {
                bytes += content.content().readableBytes();
                if (message instanceof LastHttpContent) {
                    end(message.decoderResult().isSuccess());
                }
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end(false);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            var _ = context.close();
        }

        private void end(boolean complete) {
            answer.complete(new Answered(status, bytes, complete, sentNanos, firstNanos, System.nanoTime()));
        }

        /** How much of the answer has come. */
        CompletableFuture<Long> received() {
            CompletableFuture<Long> came = new CompletableFuture<>();
            channel.eventLoop().execute(() -> came.complete(bytes));
            return came;
        }

        @Override
        public void close() {
            channel.close().awaitUninterruptibly();
        }
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
