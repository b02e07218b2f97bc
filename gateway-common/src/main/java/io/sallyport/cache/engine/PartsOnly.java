package io.sallyport.cache.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sallyport.cache.CacheKey;
import io.sallyport.http.ByteRanges;
import io.sallyport.http.RequestHead;
import java.time.Duration;
import java.time.Instant;

/**
 * Which requests for a part of a representation fetch the whole, and so fill the store (RFC 9110, section 14.2, lets a
 * server ignore Range), and of which keys it turned out that the whole is too large for that, or has no known length, or may
 * not be stored. Bounded. Thread-safe.
 */
final class PartsOnly {
    private static final Duration REMEMBERED = Duration.ofMinutes(10);
    private static final long MAX_CHARACTERS = 1 << 20;
    private static final int OVERHEAD = 150;

    private final Cache<CacheKey, Instant> until = Caffeine.newBuilder()
            .maximumWeight(MAX_CHARACTERS)
            .weigher((CacheKey key, Instant time) -> key.length() + OVERHEAD)
            .executor(Runnable::run)
            .build();

    /** Whether the fill of a miss may be for the whole: a request for the whole, or for one range of what is not too large. */
    boolean mayFetchWhole(CachedRoute route, CacheKey key, RequestHead request, Instant now) {
        if (!request.fields().contains("range")) {
            return true;
        }
        if (route.policy().rangeFillBytes() == 0
                || ByteRanges.of(request.fields())
                        .filter(ranges -> ranges.ranges().size() == 1)
                        .isEmpty()) {
            return false;
        }
        Instant end = until.getIfPresent(key);
        return end == null || !now.isBefore(end);
    }

    /** For some time, parts of it are fetched as parts. */
    void remember(CacheKey key, Instant now) {
        until.put(key, now.plus(REMEMBERED));
    }
}
