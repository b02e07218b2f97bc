package io.sallyport.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;

/**
 * Strangers who knock at a regional gate, at a given rate each: handshakes without a certificate, connections that send
 * what is no TLS, and such as begin a handshake and fall silent.
 */
final class Nuisance {
    private static final int STEP_MILLIS = 10;
    private static final int WARM_UP_SECONDS = 5;
    private static final int TLS_MILLIS = 1000;
    private static final int GARBAGE_BYTES = 300;
    private static final byte[] HALF_A_HELLO = {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};

    private final int port;
    private final Map<Kind, AtomicLong> knocks = Map.of(
            Kind.NO_CERTIFICATE, new AtomicLong(), Kind.GARBAGE, new AtomicLong(), Kind.HALF_OPEN, new AtomicLong());
    /** Of them, those that were closed before the client knew that they were open: the bound of an address does that. */
    private final AtomicLong turnedAway = new AtomicLong();

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final SslContext tls;

    /** Knocks at a port of 127.0.0.1, from other addresses of the loopback network. */
    Nuisance(int port) throws SSLException {
        this.port = port;
        this.tls = SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .protocols("TLSv1.3")
                .build();
    }

    /** What a stranger does on a connection, and from where. */
    private enum Kind {
        NO_CERTIFICATE("127.0.0.3"),
        GARBAGE("127.0.0.2"),
        HALF_OPEN("127.0.0.2");

        private final String address;

        Kind(String address) {
            this.address = address;
        }
    }

    private AtomicLong knocks(Kind kind) {
        return Objects.requireNonNull(knocks.get(kind));
    }

    private Bootstrap bootstrap(Kind kind) {
        return new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.SO_LINGER, 0)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 5000)
                .localAddress(new InetSocketAddress(kind.address, 0))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (kind == Kind.NO_CERTIFICATE) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline().addLast(new Quiet());
                    }
                });
    }

    private void connected(Kind kind, ChannelFuture connecting) {
        knocks(kind).incrementAndGet();
        if (!connecting.isSuccess()) {
            turnedAway.incrementAndGet();
            return;
        }
        Channel channel = connecting.channel();
        if (kind == Kind.NO_CERTIFICATE) {
            // Until the gate has said what it thinks of it.
            var _ = channel.eventLoop()
                    .schedule(
                            () -> {
                                var _ = channel.close();
                            },
                            TLS_MILLIS,
                            TimeUnit.MILLISECONDS);
            return;
        }
        byte[] said = kind == Kind.HALF_OPEN ? HALF_A_HELLO.clone() : new byte[GARBAGE_BYTES];
        if (kind == Kind.GARBAGE) {
            ThreadLocalRandom.current().nextBytes(said);
            said[0] = 'G';
        }
        var _ = channel.writeAndFlush(Unpooled.wrappedBuffer(said));
    }

    /** Nobody wants to know how it ends. */
    private static final class Quiet extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            var _ = context.close();
        }
    }

    /** Knocks for so many seconds and prints how often it did once its own code was warm. */
    void run(int seconds, int noCertificate, int garbage, int halfOpen) throws InterruptedException {
        every(Kind.NO_CERTIFICATE, noCertificate);
        every(Kind.GARBAGE, garbage);
        every(Kind.HALF_OPEN, halfOpen);
        TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
        knocks.values().forEach(count -> count.set(0));
        turnedAway.set(0);
        long begin = System.nanoTime();
        TimeUnit.SECONDS.sleep(Math.max(1, seconds - WARM_UP_SECONDS));
        double elapsed = (System.nanoTime() - begin) / 1e9;
        for (Kind kind : Kind.values()) {
            System.out.printf(
                    Locale.ROOT,
                    "%s=%.0f%n",
                    kind.name().toLowerCase(Locale.ROOT),
                    knocks(kind).get() / elapsed);
        }
        System.out.printf(Locale.ROOT, "turned_away=%.0f%n", turnedAway.get() / elapsed);
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    private void every(Kind kind, int perSecond) {
        Bootstrap bootstrap = bootstrap(kind);
        long begin = System.nanoTime();
        AtomicLong begun = new AtomicLong();
        var _ = loop.scheduleAtFixedRate(
                () -> {
                    long due = (System.nanoTime() - begin) * perSecond / 1_000_000_000L;
                    for (; begun.get() < due; begun.incrementAndGet()) {
                        bootstrap.connect("127.0.0.1", port).addListener(done -> connected(kind, (ChannelFuture) done));
                    }
                },
                STEP_MILLIS,
                STEP_MILLIS,
                TimeUnit.MILLISECONDS);
    }
}
