package io.sallyport.cache.engine;

import io.netty.buffer.ByteBuf;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;

/** The way towards the origin, as the cache sees it: one exchange at a time, begun by a {@link Fill}. */
@FunctionalInterface
public interface Upstream {
    /**
     * Sends a request and tells the sink what comes. The sink may be called from any thread, one call at a time, also
     * before this method returns.
     */
    Exchange fetch(RequestHead request, Sink sink);

    /** A running exchange. Both methods may be called from any thread. */
    interface Exchange {
        /** Asks for more content after {@link Sink#data} answered false. */
        void resume();

        /** Gives the exchange up: the upstream connection is closed, the sink is not called again once this is seen. */
        void cancel();
    }

    /** Takes what comes from upstream: any number of interim heads, a head, content, and one end. */
    interface Sink {
        /** An interim response (RFC 9110, section 15.2) other than 101. */
        void informational(ResponseHead head);

        /**
         * The final head.
         *
         * @param shareable whether the route that the gate chose answered; only then may it be stored or shared
         */
        void head(ResponseHead head, boolean shareable);

        /**
         * Some content, lent for the duration of the call.
         *
         * @return whether more is wanted now; after false, {@link Exchange#resume} asks for it
         */
        boolean data(ByteBuf content);

        /** The end of a complete message, proved by its framing. */
        void complete();

        /** The end of an exchange that failed, before or after the head. */
        void failed(UpstreamFailure failure);
    }
}
