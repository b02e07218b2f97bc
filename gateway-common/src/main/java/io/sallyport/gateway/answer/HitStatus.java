package io.sallyport.gateway.answer;

import io.netty.util.AsciiString;
import io.sallyport.cache.rule.CacheStatus;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Cache-Status of hits, of which thousands a second differ in nothing but the remaining lifetime. Thread-safe. */
final class HitStatus {
    private static final int PLACES = 1024;

    private final String cache;
    private final AtomicReferenceArray<@Nullable Known> places = new AtomicReferenceArray<>(PLACES);

    private record Known(long seconds, AsciiString member) {}

    HitStatus(String cache) {
        this.cache = cache;
    }

    /** The member that a hit with this remaining lifetime has. */
    AsciiString of(Duration ttl) {
        long seconds = ttl.toSeconds();
        int place = Math.floorMod(seconds, PLACES);
        Known known = places.getAcquire(place);
        if (known == null || known.seconds() != seconds) {
            known = new Known(
                    seconds, AsciiString.cached(CacheStatus.hit(cache, ttl).render()));
            places.setRelease(place, known);
        }
        return known.member();
    }
}
