package io.sallyport.edge.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.sallyport.gateway.direct.Dialer;
import java.net.URI;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.tcp.SslProvider;
import reactor.netty.tcp.TcpClient;

/** Opens connections to regional gates for fills that go past Spring, secured as those of the gateway's own client are. */
final class GateDialer implements Dialer {
    private static final int HTTPS = 443;

    private final TcpClient client;
    private final Predicate<Channel> outdated;

    /**
     * A dialer.
     *
     * @param tls what a connection shows and whom it accepts
     * @param prepare sees each channel before its handshake
     * @param connectMillis how long a connection may take without its handshake; null for the usual time
     * @param outdated whether a connection was made with what is shown no more
     */
    GateDialer(
            Consumer<SslProvider.SslContextSpec> tls,
            Consumer<Channel> prepare,
            @Nullable Integer connectMillis,
            Predicate<Channel> outdated) {
        TcpClient secured = TcpClient.newConnection()
                .secure(tls)
                .doOnChannelInit((observer, channel, remote) -> prepare.accept(channel));
        this.client =
                connectMillis == null ? secured : secured.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis);
        this.outdated = outdated;
    }

    @Override
    public String scheme() {
        return "https";
    }

    @Override
    public Mono<? extends Connection> dial(URI gate, EventLoop loop) {
        return Dialer.open(client, gate, HTTPS, loop);
    }

    @Override
    public boolean mayShare() {
        return true;
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
