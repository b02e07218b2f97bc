package io.sallyport.gateway.direct;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import java.net.URI;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.tcp.SslProvider.SslContextSpec;
import reactor.netty.tcp.TcpClient;

/** Opens connections with Reactor Netty: with TLS those of {@code https}, where ALPN says what is spoken, without it the others. */
public final class TcpDialer implements Dialer {
    private static final String HTTPS = "https";

    private final String scheme;
    private final TcpClient client;
    private final Predicate<Channel> outdated;

    private TcpDialer(String scheme, TcpClient client, @Nullable Integer connectMillis, Predicate<Channel> outdated) {
        this.scheme = scheme;
        this.client =
                connectMillis == null ? client : client.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis);
        this.outdated = outdated;
    }

    /**
     * A dialer of connections without TLS.
     *
     * @param connectMillis how long a connection may take; null for the usual time
     */
    public static TcpDialer plain(@Nullable Integer connectMillis) {
        return new TcpDialer("http", TcpClient.newConnection(), connectMillis, connection -> false);
    }

    /**
     * A dialer of connections with TLS.
     *
     * @param tls what a connection shows and whom it accepts
     * @param prepare sees each channel before its handshake
     * @param connectMillis how long a connection may take without its handshake; null for the usual time
     * @param outdated whether a connection was made with what is shown no more
     */
    public static TcpDialer secured(
            Consumer<SslContextSpec> tls,
            Consumer<Channel> prepare,
            @Nullable Integer connectMillis,
            Predicate<Channel> outdated) {
        TcpClient client = TcpClient.newConnection()
                .secure(tls)
                .doOnChannelInit((observer, channel, remote) -> prepare.accept(channel));
        return new TcpDialer(HTTPS, client, connectMillis, outdated);
    }

    @Override
    public String scheme() {
        return scheme;
    }

    /** Reactor Netty opens and secures the connection; what is said on it is not its business. */
    @Override
    public Mono<? extends Connection> dial(URI peer, EventLoop loop) {
        int usual = scheme.equals(HTTPS) ? 443 : 80;
        return client.runOn(loop)
                .host(peer.getHost())
                .port(peer.getPort() < 0 ? usual : peer.getPort())
                .connect()
                .doOnNext(connection -> connection.channel().pipeline().remove(NettyPipeline.ReactiveBridge));
    }

    @Override
    public boolean mayShare() {
        return scheme.equals(HTTPS);
    }

    @Override
    public boolean speaksHttp2(Channel connection) {
        SslHandler tls = connection.pipeline().get(SslHandler.class);
        return tls != null && ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol());
    }

    @Override
    public boolean isOutdated(Channel connection) {
        return outdated.test(connection);
    }
}
