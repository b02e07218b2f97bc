package io.sallyport.gateway.direct;

import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.cache.engine.UpstreamFailure.Kind;

/** What may go wrong on a connection whatever is spoken on it. */
final class DirectFailures {
    static final UpstreamFailure CLOSED = new UpstreamFailure(Kind.DISCONNECT, "connection closed");
    static final UpstreamFailure MALFORMED = new UpstreamFailure(Kind.PROTOCOL, "malformed message");
    static final UpstreamFailure UNSENDABLE = new UpstreamFailure(Kind.PROTOCOL, "request not taken by the peer");
    static final UpstreamFailure NO_CONNECTION = new UpstreamFailure(Kind.TIMEOUT, "no connection in time");
    static final UpstreamFailure NO_RESPONSE = new UpstreamFailure(Kind.TIMEOUT, "no response in time");
    static final UpstreamFailure STALLED = new UpstreamFailure(Kind.TIMEOUT, "content stalled");
    static final UpstreamFailure TOO_MANY = new UpstreamFailure(Kind.OVERLOAD, "too many wait for a connection");

    private DirectFailures() {}
}
