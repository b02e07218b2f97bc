package io.sallyport.gateway.request;

import io.netty.channel.Channel;
import io.sallyport.identity.PeerIdentity;

/** The name of the node that a request came from, for the access log. */
public final class PeerNames {
    private PeerNames() {}

    /** The node's name; empty where the connection carries no node identity. */
    public static String of(Channel channel) {
        return PeerIdentity.of(channel).map(PeerIdentity::node).orElse("");
    }
}
