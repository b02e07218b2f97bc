package io.sallyport.cache.store;

/**
 * How full a store is.
 *
 * @param entries the stored responses, each variant counted
 * @param bytes the bytes in use: all direct memory of bodies, also of those still being filled or read after their
 *     eviction, and the heads and keys on the heap
 * @param maxBytes the setting
 */
public record StoreUsage(long entries, long bytes, long maxBytes) {}
