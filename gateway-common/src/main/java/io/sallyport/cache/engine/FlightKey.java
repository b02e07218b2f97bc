package io.sallyport.cache.engine;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.VariantKey;

/**
 * What two requests must have in common to share one fetch.
 *
 * @param key the primary key
 * @param head whether only the head is asked for
 * @param variant the request's values of the fields that the key's last responses varied on; none while no Vary is known
 */
record FlightKey(CacheKey key, boolean head, VariantKey variant) {}
