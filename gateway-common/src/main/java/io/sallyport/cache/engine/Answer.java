package io.sallyport.cache.engine;

import io.sallyport.cache.StoredResponse;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.util.OptionalLong;

/** What a fill has for one of its readers. */
public sealed interface Answer {
    /**
     * The response that upstream is sending.
     *
     * @param head its head without hop-by-hop fields
     * @param length the content's length where the head tells it
     * @param content the reader of the content, to be subscribed or discarded
     * @param collapsed whether the reader joined another's fetch
     * @param stored whether it goes into the store as well
     */
    record Fetched(ResponseHead head, OptionalLong length, ContentReader content, boolean collapsed, boolean stored)
            implements Answer {}

    /**
     * A stored response, of which the answer holds one reference.
     *
     * @param response the stored response, freshened where it was validated
     * @param age its current age
     * @param ttl what is left of its freshness lifetime
     * @param how why it may be used
     * @param collapsed whether the reader joined another's fetch
     */
    record Stored(StoredResponse response, Duration age, Duration ttl, Reused how, boolean collapsed)
            implements Answer {}

    /** Nothing to share: the reader fetches on its own. */
    record Apart(String reason) implements Answer {}

    /** Nothing came, and nothing stored may stand in. */
    record Failed(UpstreamFailure failure) implements Answer {}

    /** Why a stored response that was not fresh may be used. */
    enum Reused {
        /** Another's fetch stored it while this request was on its way to one of its own. */
        FETCHED_MEANWHILE,
        /** The origin confirmed it (RFC 9111, section 4.3.3). */
        VALIDATED,
        /** The origin failed (RFC 9111, section 4.2.4; RFC 5861, section 4). */
        STALE_ON_ERROR
    }
}
