package io.sallyport.cache.store;

import io.sallyport.cache.StoredResponse;

/**
 * Hears what leaves a store, so that meters can count it. Called on whatever thread caused it, evictions under a lock of
 * the store: must be quick, must not throw and must not call the store.
 */
public interface StoreEvents {
    /** Hears nothing. */
    StoreEvents NONE = (response, cause) -> {};

    /** A stored response left; its body may be freed already. Freshening is not a leaving. */
    void removed(StoredResponse response, Cause cause);

    /** Why a stored response left. */
    enum Cause {
        /** To make room. */
        SIZE,
        /** By time. */
        EXPIRED,
        /** For a newer response of the same variant, or as the oldest of too many variants. */
        REPLACED,
        /** By a purge, an invalidation or a clear. */
        PURGED
    }
}
