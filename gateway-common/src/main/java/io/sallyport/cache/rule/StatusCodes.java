package io.sallyport.cache.rule;

import io.sallyport.cache.CachePolicy;
import java.util.Set;

/** What a status code means to a cache (RFC 9110, section 15). */
final class StatusCodes {
    /** Heuristically cacheable by definition (RFC 9110, section 15.1), but 206. */
    private static final Set<Integer> HEURISTICALLY_CACHEABLE =
            Set.of(200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501);

    /** Of these, the errors that an attacker may provoke. */
    private static final Set<Integer> HEURISTIC_ERRORS = Set.of(404, 405, 410, 414, 501);

    /** Error answers that a malformed request may provoke: kept only briefly in secure mode. */
    private static final Set<Integer> PROVOKED_ERRORS = Set.of(400, 405, 413, 414, 431, 501);

    /** The registered final status codes whose caching this cache knows; 206 and 304 are ruled elsewhere. */
    private static final Set<Integer> UNDERSTOOD = Set.of(
            200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407,
            408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 426, 428, 429, 431, 451, 500, 501, 502, 503,
            504, 505, 511);

    private StatusCodes() {}

    static boolean isFinal(int status) {
        return status >= 200 && status <= 599;
    }

    static boolean isUnderstood(int status) {
        return UNDERSTOOD.contains(status);
    }

    static boolean isHeuristicallyCacheable(int status, CachePolicy policy) {
        return HEURISTICALLY_CACHEABLE.contains(status)
                && (policy.mode() == CachePolicy.Mode.RFC || !HEURISTIC_ERRORS.contains(status));
    }

    /** Whether secure mode keeps the response no longer than the error cap. */
    static boolean isProvokedError(int status, CachePolicy policy) {
        return policy.mode() == CachePolicy.Mode.SECURE && PROVOKED_ERRORS.contains(status);
    }
}
