package io.sallyport.gateway;

import io.sallyport.identity.PeerIdentity;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;

/** The name of the node that a request came from, for the access log. */
final class PeerNames {
    private PeerNames() {}

    /** The node's name; empty where the connection carries no node identity. */
    static String of(HttpServerRequest request) {
        return PeerIdentity.of(((Connection) request).channel())
                .map(PeerIdentity::node)
                .orElse("");
    }
}
