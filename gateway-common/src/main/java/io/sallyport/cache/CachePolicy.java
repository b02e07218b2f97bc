package io.sallyport.cache;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * How the responses of one route are cached: the validated arguments of its {@code HttpCache} filter. Immutable.
 *
 * @param mode {@link Mode#SECURE} by default
 * @param targetedFields the tier's targeted cache control fields, first match wins (RFC 9213, section 2.2)
 * @param heuristicCap upper bound of a heuristic freshness lifetime; zero turns heuristics off
 * @param staleCap upper bound of every use of a stale response, beyond its lifetime
 * @param staleIfError granted where the origin names none and does not forbid it; zero for none
 * @param errorCap upper bound of the lifetime of 400, 405, 413, 414, 431 and 501 in {@link Mode#SECURE}
 * @param query how the query enters the key and the forwarded URL
 * @param trustClientDirectives whether a client's no-cache, max-age, max-stale and min-fresh count
 * @param storeSetCookie whether a response with Set-Cookie may be stored in {@link Mode#SECURE}
 * @param storePost whether a response to POST may be stored for GET (RFC 9110, section 9.3.3); never in {@link Mode#SECURE},
 *     since who may POST would choose what others get
 * @param maxObjectBytes the largest body that is stored; larger ones are passed through
 * @param rangeFillBytes the largest representation of which the whole is fetched for a request for one range of it, so that
 *     those who only ever ask for ranges fill the store; zero for never
 */
public record CachePolicy(
        Mode mode,
        List<String> targetedFields,
        Duration heuristicCap,
        Duration staleCap,
        Duration staleIfError,
        Duration errorCap,
        QueryPolicy query,
        boolean trustClientDirectives,
        boolean storeSetCookie,
        boolean storePost,
        long maxObjectBytes,
        long rangeFillBytes) {
    /** Whether doubt is settled for safety or as RFC 9111 allows it; docs/conformance.md lists every difference. */
    public enum Mode {
        /** Stores less than the RFC allows where storing invites poisoning or leaks. */
        SECURE,
        /** Stores all that RFC 9111 allows. */
        RFC
    }

    /** How a route treats the query component. */
    public sealed interface QueryPolicy {
        /** As it came. */
        record AsIs() implements QueryPolicy {}

        /** Parameters sorted by name, stable in value order. */
        record Sorted() implements QueryPolicy {}

        /** Only the named parameters. */
        record Only(Set<String> names) implements QueryPolicy {
            public Only {
                names = Set.copyOf(names);
            }
        }

        /** All but the named parameters. */
        record Except(Set<String> names) implements QueryPolicy {
            public Except {
                names = Set.copyOf(names);
            }
        }
    }

    public CachePolicy {
        Objects.requireNonNull(mode);
        targetedFields = List.copyOf(targetedFields);
        Objects.requireNonNull(query);
        if (storePost && mode == Mode.SECURE) {
            throw new IllegalArgumentException("storePost must be false in the mode secure");
        }
        if (maxObjectBytes < 0) {
            throw new IllegalArgumentException("maxObjectBytes must not be negative: " + maxObjectBytes);
        }
        if (rangeFillBytes < 0) {
            throw new IllegalArgumentException("rangeFillBytes must not be negative: " + rangeFillBytes);
        }
    }

    /** The defaults of a mode for a tier that honours these targeted fields. */
    public static CachePolicy of(Mode mode, List<String> targetedFields) {
        return new CachePolicy(
                mode,
                targetedFields,
                Duration.ofDays(1),
                Duration.ofDays(1),
                Duration.ZERO,
                Duration.ofSeconds(10),
                new QueryPolicy.AsIs(),
                false,
                false,
                mode == Mode.RFC,
                256L << 20,
                1L << 20);
    }
}
