package io.sallyport.cache.engine;

import io.sallyport.cache.CachePolicy;
import java.util.Objects;

/**
 * A route whose responses are cached.
 *
 * @param id the route's id as configured; names it in meters and logs
 * @param keyId the id with the digest of the route's definition; enters the cache key
 * @param policy how its responses are cached
 */
public record CachedRoute(String id, String keyId, CachePolicy policy) {
    public CachedRoute {
        Objects.requireNonNull(id);
        Objects.requireNonNull(keyId);
        Objects.requireNonNull(policy);
    }
}
