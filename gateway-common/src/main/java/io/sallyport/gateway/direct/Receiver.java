package io.sallyport.gateway.direct;

import io.netty.buffer.ByteBuf;
import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.http.ResponseHead;

/** Hears what becomes of one request, one call at a time, on the event loop of its connection. */
public interface Receiver {
    /** An interim response (RFC 9110, section 15.2) other than 100 and 101. */
    void informational(ResponseHead head);

    /**
     * The final head; returns whether the response is wanted, and where not, nothing more of it is told.
     *
     * @param version of HTTP in which it came, in the words of Via (RFC 9110, section 7.6.3)
     */
    boolean head(ResponseHead head, String version);

    /** Some content, lent for the duration of the call; returns whether more is wanted now. */
    boolean data(ByteBuf content);

    /** The end of the message. */
    void complete();

    /**
     * The end without a whole message.
     *
     * @param processed whether upstream may have begun to see to the request (RFC 9113, section 8.7)
     */
    void failed(UpstreamFailure failure, boolean processed);
}
