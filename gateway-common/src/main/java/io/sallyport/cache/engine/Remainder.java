package io.sallyport.cache.engine;

import io.sallyport.cache.rule.Combination;
import io.sallyport.cache.rule.Validation;
import io.sallyport.http.ContentRange;
import io.sallyport.http.EntityTag;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is still missing of a content of which the beginning has come, and how to ask for it (RFC 9110, sections 13.1.5 and
 * 14.2).
 *
 * @param tag the strong entity tag of the content
 * @param first offset of the first byte that is missing
 * @param length the length of the whole content, where it is known
 */
record Remainder(EntityTag tag, long first, OptionalLong length) {
    /** The request for it, made from the one for the whole. */
    RequestHead request(RequestHead whole) {
        Fields fields = Validation.withoutRange(Validation.withoutConditions(whole.fields())).toBuilder()
                .set("Range", "bytes=" + first + "-")
                .set("If-Range", tag.toString())
                .build();
        return whole.withFields(fields);
    }

    /**
     * The length of the whole content, if a response brings exactly the missing bytes of the same representation, up to its
     * end (RFC 9111, section 3.4); empty where it brings anything else.
     */
    OptionalLong completedBy(ResponseHead response) {
        Optional<ContentRange> part = Combination.part(response);
        if (part.isEmpty()
                || EntityTag.of(response.fields()).filter(tag::matchesStrongly).isEmpty()) {
            return OptionalLong.empty();
        }
        ContentRange range = part.get();
        OptionalLong complete = range.completeLength();
        boolean fits = range.first() == first
                && complete.isPresent()
                && range.last() == complete.getAsLong() - 1
                && (length.isEmpty() || length.equals(complete));
        return fits ? complete : OptionalLong.empty();
    }
}
