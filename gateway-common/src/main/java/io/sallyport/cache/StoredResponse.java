package io.sallyport.cache;

import io.sallyport.http.ResponseHead;
import java.util.Objects;
import java.util.Set;

/**
 * A response in the cache: its head as it will be sent again (without hop-by-hop fields, Age and Cache-Status), its body,
 * and what is known of its freshness (RFC 9111, section 3). Immutable; freshening makes another one over the same body.
 *
 * @param key the primary key
 * @param variant the secondary key
 * @param head status and fields
 * @param freshness times and lifetimes
 * @param tags surrogate keys for purging; empty where the origin gave none
 * @param generation the purge sequence read when the upstream request was sent; a later purge that covers the key ends it
 * @param body the content
 */
public record StoredResponse(
        CacheKey key,
        VariantKey variant,
        ResponseHead head,
        Freshness freshness,
        Set<String> tags,
        long generation,
        StoredBody body) {
    public StoredResponse {
        Objects.requireNonNull(key);
        Objects.requireNonNull(variant);
        Objects.requireNonNull(head);
        Objects.requireNonNull(freshness);
        tags = Set.copyOf(tags);
        Objects.requireNonNull(body);
    }

    /** The same stored response after a validation: other head and freshness, same body (RFC 9111, section 4.3.4). */
    public StoredResponse freshened(ResponseHead newHead, Freshness newFreshness, long newGeneration) {
        return new StoredResponse(key, variant, newHead, newFreshness, tags, newGeneration, body);
    }
}
