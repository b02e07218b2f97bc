package io.sallyport.gateway.route;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.engine.CachedRoute;
import io.sallyport.http.RequestHead;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the routes make of the targets that were asked for last: a pure function of method and target URI, so that popular
 * targets need not be matched and keyed again. As many as there are places are remembered, the newest of each place.
 * Thread-safe.
 */
public final class ResolvedTargets {
    private static final int PLACES = 4096;
    private static final int LONGEST_TARGET = 512;

    private final AtomicReferenceArray<@Nullable Known> places = new AtomicReferenceArray<>(PLACES);

    /** The cached route that a request takes, and the primary key that it has there. */
    public record Resolved(CachedRoute route, CacheKey key) {}

    private record Known(
            String method,
            String scheme,
            String authority,
            String path,
            @Nullable String query,
            Optional<Resolved> resolved) {
        boolean is(RequestHead request) {
            return path.equals(request.path())
                    && Objects.equals(query, request.query())
                    && authority.equals(request.authority())
                    && method.equals(request.method())
                    && scheme.equals(request.scheme());
        }
    }

    /** What is remembered of a request's target, else what the function says, which is then remembered. */
    Optional<Resolved> of(RequestHead request, Function<RequestHead, Optional<Resolved>> resolve) {
        String query = request.query();
        int length = request.path().length() + (query == null ? 0 : query.length());
        if (length > LONGEST_TARGET) {
            return resolve.apply(request);
        }
        int place = place(request, query);
        Known known = places.getAcquire(place);
        if (known == null || !known.is(request)) {
            known = new Known(
                    request.method(),
                    request.scheme(),
                    request.authority(),
                    request.path(),
                    query,
                    resolve.apply(request));
            places.setRelease(place, known);
        }
        return known.resolved();
    }

    private static int place(RequestHead request, @Nullable String query) {
        int hash = request.path().hashCode();
        hash = 31 * hash + (query == null ? 1 : query.hashCode());
        hash = 31 * hash + request.authority().hashCode();
        hash = 31 * hash + request.method().hashCode();
        return Math.floorMod((hash ^ (hash >>> 16)) * 0x9E3779B9, PLACES);
    }
}
