package io.sallyport.gateway.direct;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.tcp.TcpClient;

/** Opens connections without TLS, on which HTTP/1.1 is spoken. */
public final class PlainDialer implements Dialer {
    private static final int HTTP = 80;

    private final TcpClient client;

    /**
     * A dialer.
     *
     * @param connectMillis how long a connection may take; null for the usual time
     */
    public PlainDialer(@Nullable Integer connectMillis) {
        TcpClient plain = TcpClient.newConnection();
        this.client = connectMillis == null ? plain : plain.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis);
    }

    @Override
    public String scheme() {
        return "http";
    }

    @Override
    public Mono<? extends Connection> dial(URI peer, EventLoop loop) {
        return Dialer.open(client, peer, HTTP, loop);
    }

    @Override
    public boolean mayShare() {
        return false;
    }

    @Override
    public boolean speaksHttp2(Channel connection) {
        return false;
    }

    @Override
    public boolean isOutdated(Channel connection) {
        return false;
    }
}
