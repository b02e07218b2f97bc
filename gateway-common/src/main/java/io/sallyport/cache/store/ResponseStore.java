package io.sallyport.cache.store;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.StoredResponse;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * Where stored responses live (RFC 9111, section 3). Thread-safe.
 *
 * <p>Ownership: the store holds one reference to the body of every response that it lists and no more; callers' references
 * stay the callers'. A reader takes its own with {@link #retain} before it touches the body, and sees a miss where that
 * fails, since an eviction may come between look-up and use.
 */
public interface ResponseStore {
    /**
     * The stored responses of a key, newest first, without those that a hard purge ended; those that a soft purge covers
     * are stale from the moment of the purge. Takes no reference.
     */
    List<StoredResponse> variants(CacheKey key);

    /**
     * Stores a response in place of the one with the same variant and clears the key's marker. The store takes its own
     * reference to the body. Returns false, and stores nothing, where a purge since the upstream request was sent covers
     * it or its body is too large. Throws IllegalArgumentException where the body is not complete.
     */
    boolean put(StoredResponse response);

    /**
     * Puts a freshened response in the place of the one that shares its body (RFC 9111, section 4.3.4); the store's
     * reference moves with it. Returns false, and changes nothing, where the store no longer has that body or a purge
     * since the validation request was sent covers the response. As {@link #put} does, it takes the place of another one
     * that has the same variant by now, since a validation may change Vary, and clears the key's marker.
     */
    boolean replace(StoredResponse old, StoredResponse freshened);

    /** Removes one response: the one with this body. Returns whether the store had it. */
    boolean remove(StoredResponse response);

    /**
     * Removes all variants of a key and its marker, and keeps fills in flight out (RFC 9111, section 4.4); a hard purge
     * of the URL. Returns whether there were any.
     */
    boolean invalidate(CacheKey key);

    /**
     * Invalidates a key by a response that may itself take the place of what was stored, as that to POST may (RFC 9110,
     * section 9.3.3).
     *
     * @param since the number of purges when its request was sent
     * @return the generation that the response may enter the store with; empty where another purge covers the key since then
     */
    OptionalLong supersede(CacheKey key, long since);

    /** Removes everything and keeps fills in flight out; a hard purge of everything that frees its memory at once. */
    void clear();

    /** A new empty body with one reference, the caller's, in the store's memory. */
    SegmentedBody newBody(OptionalLong expectedLength);

    /**
     * Whether the memory of bodies that are being filled, or still read after they left the store, is less than half of
     * the whole. Where it is not, a fill had better pass through and trim its body instead of filling it for storing.
     */
    boolean hasRoom();

    /** The largest body that {@link #put} takes. */
    long maxObjectBytes();

    /** Takes a reference to a response's body; false where it was freed meanwhile, which is a miss. */
    boolean retain(StoredResponse response);

    /** Gives back a reference that {@link #retain} took. */
    void release(StoredResponse response);

    /** Remembers for a time that responses of this key are not storable (hit-for-miss). */
    void mark(CacheKey key, Duration duration);

    /** Whether the key is marked and its time is not over. */
    boolean isMarked(CacheKey key);

    /** The number of purges so far, to be read when an upstream request is sent: its response's generation. */
    long sequence();

    /**
     * Whether what was asked for under a key, when the number of purges was this, is covered by no purge since: neither by
     * one of the URL nor of a wider scope, hard or soft.
     */
    boolean isCurrent(CacheKey key, long generation);

    /** Ends the use of the responses in a scope, also of those whose fill is in flight. */
    Purged purge(Purge purge);

    /** What the purges so far leave of a response, those of its own URL aside. */
    Validity judge(StoredResponse response);

    /** How full the store is. */
    StoreUsage usage();
}
