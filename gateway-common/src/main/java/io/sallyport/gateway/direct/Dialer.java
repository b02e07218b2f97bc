package io.sallyport.gateway.direct;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.URI;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** Opens and secures connections to peers of one scheme. */
public interface Dialer {
    /** The scheme of the URIs that it serves. */
    String scheme();

    /** Opens a connection on an event loop and emits it there, its handshake ended; an error where that fails. */
    Mono<? extends Connection> dial(URI peer, EventLoop loop);

    /** Whether a peer may agree to HTTP/2, so that one connection is opened before more are. */
    boolean mayShare();

    /** Whether the peer of a connection has agreed to HTTP/2; if not, HTTP/1.1 is spoken. */
    boolean speaksHttp2(Channel connection);

    /** Whether a connection was made with an identity that is shown no more: it gets no further request. */
    boolean isOutdated(Channel connection);
}
