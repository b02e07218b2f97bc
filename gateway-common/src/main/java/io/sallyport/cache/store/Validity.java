package io.sallyport.cache.store;

/** What the purges so far leave of a stored response. */
public enum Validity {
    /** No purge covers it. */
    VALID,
    /** A soft purge covers it: it is stale, whatever its lifetime says. */
    STALE,
    /** A hard purge covers it: it must not be used. */
    GONE
}
