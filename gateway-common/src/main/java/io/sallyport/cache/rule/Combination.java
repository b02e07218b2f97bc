package io.sallyport.cache.rule;

import io.sallyport.http.ContentRange;
import io.sallyport.http.EntityTag;
import io.sallyport.http.Fields;
import io.sallyport.http.ResponseHead;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Completing a stored response with partial ones (RFC 9111, sections 3.3 and 3.4). */
public final class Combination {
    private Combination() {}

    /** The range of a 206 with one part and a known place; empty for every other response. */
    public static Optional<ContentRange> part(ResponseHead response) {
        return response.status() == 206 ? ContentRange.of(response.fields()) : Optional.empty();
    }

    /** Whether two responses are parts of the same representation: they share a strong validator (section 3.4). */
    public static boolean mayCombine(ResponseHead stored, ResponseHead received) {
        Optional<EntityTag> storedTag = EntityTag.of(stored.fields());
        Optional<EntityTag> receivedTag = EntityTag.of(received.fields());
        if (storedTag.isPresent() || receivedTag.isPresent()) {
            return storedTag.isPresent()
                    && receivedTag.isPresent()
                    && storedTag.get().matchesStrongly(receivedTag.get());
        }
        return RangeSelection.strongLastModified(stored.fields()).isPresent()
                && RangeSelection.strongLastModified(stored.fields())
                        .equals(RangeSelection.strongLastModified(received.fields()));
    }

    /**
     * The head of the combined response: that of the stored one, updated with all fields of the received one but
     * Content-Range; it is a 200 with the whole length once the parts make up the whole.
     */
    public static ResponseHead complete(ResponseHead stored, ResponseHead received, long completeLength) {
        Fields update = HopByHop.strip(received.fields()).without(Set.of("content-range", "content-length", "age"));
        Fields merged =
                stored.fields().without(new HashSet<>(update.names())).without(Set.of("content-range")).toBuilder()
                        .addAll(update)
                        .set("Content-Length", Long.toString(completeLength))
                        .build();
        return new ResponseHead(200, merged);
    }
}
