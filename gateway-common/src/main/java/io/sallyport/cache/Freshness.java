package io.sallyport.cache;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * What was worked out once, when a response was stored or freshened, about how long and under which conditions it may be
 * reused (RFC 9111, section 4.2; RFC 5861).
 *
 * @param requestTime when the request was sent (request_time)
 * @param responseTime when the response head came (response_time)
 * @param correctedInitialAge RFC 9111, section 4.2.3; never negative
 * @param lifetime the freshness lifetime, RFC 9111, section 4.2.1; zero where it is always stale
 * @param staleWhileRevalidate how long beyond the lifetime it may be served while a refresh runs; zero for not at all
 * @param staleIfError how long beyond the lifetime it may be served when the origin fails; zero for not at all
 * @param noCache whether every reuse needs a successful validation
 * @param mustRevalidate whether staleness forbids any reuse without validation, also on error
 */
public record Freshness(
        Instant requestTime,
        Instant responseTime,
        Duration correctedInitialAge,
        Duration lifetime,
        Duration staleWhileRevalidate,
        Duration staleIfError,
        boolean noCache,
        boolean mustRevalidate) {
    public Freshness {
        Objects.requireNonNull(requestTime);
        Objects.requireNonNull(responseTime);
        if (correctedInitialAge.isNegative() || lifetime.isNegative()) {
            throw new IllegalArgumentException(
                    "ages and lifetimes are never negative: " + correctedInitialAge + ", " + lifetime);
        }
    }

    /** current_age at an instant (RFC 9111, section 4.2.3); a clock that went back counts as no time at all. */
    public Duration currentAge(Instant now) {
        Duration resident = Duration.between(responseTime, now);
        return resident.isNegative() ? correctedInitialAge : correctedInitialAge.plus(resident);
    }

    /** Whether the freshness lifetime exceeds the current age (RFC 9111, section 4.2). */
    public boolean isFresh(Instant now) {
        return lifetime.compareTo(currentAge(now)) > 0;
    }
}
