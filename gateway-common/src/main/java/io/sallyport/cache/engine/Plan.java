package io.sallyport.cache.engine;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.StoredResponse;
import io.sallyport.http.RequestHead;
import java.time.Duration;
import java.util.List;

/** What is to be done with a request, decided before anything is done (RFC 9111, section 4). */
public sealed interface Plan {
    /**
     * Answer with a stored response, of which the plan holds one reference that the one who carries it out gives back.
     *
     * @param response the selected stored response
     * @param age its current age
     * @param ttl what is left of its freshness lifetime; negative once it is stale
     */
    record Serve(StoredResponse response, Duration age, Duration ttl) implements Plan {}

    /** The same with a stale response, while it is validated in the background (RFC 5861, section 3). */
    record ServeAndRevalidate(StoredResponse response, Duration age, Duration ttl, Forward refresh) implements Plan {}

    /**
     * Fetch from upstream through a fill.
     *
     * @param route the route that the request took
     * @param key the primary key
     * @param request the customer's request
     * @param candidates stored responses that a validation may select
     * @param reason why it is forwarded, in the words of RFC 9211, section 2.2
     * @param shared whether others may join, and whether the response may be stored
     */
    record Forward(
            CachedRoute route,
            CacheKey key,
            RequestHead request,
            List<StoredResponse> candidates,
            String reason,
            boolean shared)
            implements Plan {
        public Forward {
            candidates = List.copyOf(candidates);
        }

        /** The same request on an exchange of its own, as the customer sent it. */
        public Forward apart(String why) {
            return new Forward(route, key, request, List.of(), why, false);
        }
    }

    /** Hand the request on with its content untouched; nothing is looked up, nothing stored. */
    record Pass(String reason) implements Plan {}

    /** Answer at once with an error. */
    record Refuse(int status, String detail) implements Plan {}
}
