package io.sallyport.cache.engine;

import io.sallyport.cache.rule.HopByHop;
import io.sallyport.cache.rule.StoringRule.Storability.Storable;
import io.sallyport.cache.rule.VariantSelection;
import io.sallyport.http.EntityTag;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The final head of a fill's exchange.
 *
 * @param head without hop-by-hop fields
 * @param length the content's length where the head tells it
 * @param storable how it may be stored and shared; null where it may not
 */
record Received(
        ResponseHead head, OptionalLong length, @Nullable Storable storable) {
    static Received of(ResponseHead received, @Nullable Storable storable) {
        return new Received(received.withFields(HopByHop.strip(received.fields())), contentLength(received), storable);
    }

    /** Whether the nominated fields of a request match. */
    boolean matches(RequestHead request) {
        Storable verdict = storable;
        return verdict != null && VariantSelection.matches(verdict.variant(), request.fields());
    }

    /** What a joined reader gets: the head as stored, without fields that were for the first one only, and its Age. */
    ResponseHead sharedHead() {
        Storable verdict = storable;
        if (verdict == null) {
            return head;
        }
        Optional<String> age = head.fields().first("age");
        return age.isEmpty()
                ? verdict.head()
                : verdict.head().withFields(verdict.head().fields().with("age", age.get()));
    }

    /** The entity tag that parts of the content can be put together by; empty where it is weak or absent. */
    Optional<EntityTag> strongTag() {
        return head.status() == 200 ? EntityTag.of(head.fields()).filter(tag -> !tag.weak()) : Optional.empty();
    }

    /** Whether so many bytes are not what the head announced in answer to this request. */
    boolean contradicts(RequestHead request, long bytes) {
        return length.isPresent() && !request.isHead() && !endsWithItsHead() && length.getAsLong() != bytes;
    }

    /**
     * Whether so many bytes are all that the head announced in answer to this request; false where it announced no length and
     * its status does not exclude content.
     */
    boolean isWhole(RequestHead request, long bytes) {
        return !request.isHead() && (endsWithItsHead() || (length.isPresent() && length.getAsLong() == bytes));
    }

    /** Whether its status excludes content, whatever its fields say (RFC 9112, section 6.3). */
    private boolean endsWithItsHead() {
        return head.status() == 204 || head.status() == 304;
    }

    private static OptionalLong contentLength(ResponseHead head) {
        Optional<String> value = head.fields().first("content-length");
        if (value.isEmpty()
                || value.get().isEmpty()
                || !value.get().chars().allMatch(c -> c >= '0' && c <= '9')
                || value.get().length() > 18) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseLong(value.get()));
    }
}
