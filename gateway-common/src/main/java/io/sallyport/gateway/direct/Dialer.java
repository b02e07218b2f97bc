package io.sallyport.gateway.direct;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.URI;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** Opens and secures connections to gates. */
public interface Dialer {
    /** Opens one on an event loop and emits it there, its handshake ended; an error where that fails. */
    Mono<? extends Connection> dial(URI gate, EventLoop loop);

    /** Whether the peer of a connection has agreed to HTTP/2. */
    boolean speaksHttp2(Channel connection);

    /** Whether a connection was made with an identity that is shown no more: it gets no further request. */
    boolean isOutdated(Channel connection);
}
