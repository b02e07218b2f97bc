package io.sallyport.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;

/**
 * Opens TLS 1.3 connections one after another, several at a time, each with a full handshake and one request. Only an answer
 * counts: a client knows that its certificate was taken when the server answers, not when its own handshake is done.
 */
final class Handshakes {
    private static final int AT_ONCE = 16;
    private static final byte[] REQUEST =
            "GET /1024 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final SslContext context;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile boolean over;

    private Handshakes(SslContext context) {
        this.context = context;
    }

    /** A client without a certificate. */
    static Handshakes without(Path trust) throws SSLException {
        return new Handshakes(builder(trust).build());
    }

    /** A client with a certificate. */
    static Handshakes with(Path trust, Path chain, Path key) throws SSLException {
        return new Handshakes(
                builder(trust).keyManager(chain.toFile(), key.toFile()).build());
    }

    private static SslContextBuilder builder(Path trust) {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL)
                .trustManager(trust.toFile())
                .sessionCacheSize(1)
                .sessionTimeout(1)
                .protocols("TLSv1.3");
    }

    /** Prints how many connections a second there were. */
    void run(int port, int seconds) throws InterruptedException {
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(context.newHandler(channel.alloc(), "localhost", port), new Answer());
                    }
                });
        long begin = System.nanoTime();
        for (int i = 0; i < AT_ONCE; i++) {
            next(bootstrap, port);
        }
        TimeUnit.SECONDS.sleep(seconds);
        over = true;
        double elapsed = (System.nanoTime() - begin) / 1e9;
        System.out.printf(Locale.ROOT, "Requests/sec: %.2f%n%d failed%n", done.get() / elapsed, failed.get());
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    private void next(Bootstrap bootstrap, int port) {
        bootstrap.connect("127.0.0.1", port).addListener(connected -> {
            if (!connected.isSuccess()) {
                ended(failed, bootstrap, port);
                return;
            }
            Channel channel = ((ChannelFuture) connected).channel();
            Answer answer = channel.pipeline().get(Answer.class);
            answer.end = () -> ended(answer.came ? done : failed, bootstrap, port);
            var _ = channel.writeAndFlush(Unpooled.wrappedBuffer(REQUEST));
        });
    }

    /** Closes as soon as the beginning of a 200 has come. */
    private static final class Answer extends SimpleChannelInboundHandler<ByteBuf> {
        private boolean came;
        private Runnable end = () -> {};

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf read) {
            came |= read.toString(StandardCharsets.US_ASCII).startsWith("HTTP/1.1 200");
            var _ = context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end.run();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            var _ = context.close();
        }
    }

    private void ended(AtomicLong counter, Bootstrap bootstrap, int port) {
        if (!over) {
            counter.incrementAndGet();
            next(bootstrap, port);
        }
    }
}
