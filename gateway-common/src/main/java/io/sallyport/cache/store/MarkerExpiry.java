package io.sallyport.cache.store;

import com.github.benmanes.caffeine.cache.Expiry;
import io.sallyport.cache.CacheKey;

/** An entry that is only a marker goes when the marker's time is over; one with responses stays. */
final class MarkerExpiry implements Expiry<CacheKey, Entry> {
    @Override
    public long expireAfterCreate(CacheKey key, Entry entry, long now) {
        Entry.Marker marker = entry.marker();
        return marker == null || !entry.variants().isEmpty() ? Long.MAX_VALUE : Math.max(0, marker.until() - now);
    }

    @Override
    public long expireAfterUpdate(CacheKey key, Entry entry, long now, long left) {
        return expireAfterCreate(key, entry, now);
    }

    @Override
    public long expireAfterRead(CacheKey key, Entry entry, long now, long left) {
        return left;
    }
}
