package io.sallyport.identity.peer;

import io.netty.channel.Channel;
import io.sallyport.identity.PeerIdentity;

/** Hears how handshakes end; called on event loops, so it must not wait. */
public interface HandshakeEvents {
    /** A handshake ended well; {@link PeerIdentity#of(Channel)} answers from now on. */
    void succeeded(Channel channel);

    /** A handshake failed; the connection is about to be closed. */
    void failed(HandshakeFailure failure);

    /** Events that these hear first and the next ones after them. */
    default HandshakeEvents then(HandshakeEvents next) {
        HandshakeEvents first = this;
        return new HandshakeEvents() {
            @Override
            public void succeeded(Channel channel) {
                first.succeeded(channel);
                next.succeeded(channel);
            }

            @Override
            public void failed(HandshakeFailure failure) {
                first.failed(failure);
                next.failed(failure);
            }
        };
    }
}
