package io.sallyport.cache.rule;

import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.Freshness;
import io.sallyport.cache.StoredResponse;
import io.sallyport.http.FieldParser;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether the selected stored response may answer a request (RFC 9111, section 4). */
public final class ReuseRule {
    private ReuseRule() {}

    /** The verdict on reusing the selected stored response. Ages are current ages; a ttl is the lifetime minus the age. */
    public sealed interface Reuse {
        /** It answers the request; the ttl is negative only where a trusted client takes a stale response. */
        record Fresh(Duration age, Duration ttl) implements Reuse {}

        /** It answers the request while it is being validated in the background (RFC 5861, section 3). */
        record StaleWhileRevalidate(Duration age, Duration ttl) implements Reuse {}

        /** It answers only after a validation; the reason is a fwd value of Cache-Status. */
        record Validate(String fwdReason, Duration age, Duration ttl) implements Reuse {}
    }

    /** How an exchange with the origin failed. */
    public enum ErrorKind {
        /** No whole response came: refused, reset, silent, cut, not resolved, or TLS refused. */
        DISCONNECT,
        /** A 5xx status came. */
        SERVER_ERROR
    }

    /** Judges the reuse of the selected stored response at an instant. */
    public static Reuse judge(RequestHead request, StoredResponse stored, Instant now, CachePolicy policy) {
        Freshness freshness = stored.freshness();
        Duration age = freshness.currentAge(now);
        Duration ttl = freshness.lifetime().minus(age);
        Demands demands = Demands.of(request.fields(), policy);
        if (demands.forbid(age, ttl)) {
            return new Reuse.Validate("request", age, ttl);
        }
        if (freshness.noCache()) {
            return new Reuse.Validate("stale", age, ttl);
        }
        if (ttl.isPositive()) {
            return new Reuse.Fresh(age, ttl);
        }
        Duration staleness = ttl.negated();
        if (demands.none() && isWithin(staleness, freshness.staleWhileRevalidate())) {
            return new Reuse.StaleWhileRevalidate(age, ttl);
        }
        if (!freshness.mustRevalidate() && isWithin(staleness, least(demands.maxStale(), policy.staleCap()))) {
            return new Reuse.Fresh(age, ttl);
        }
        return new Reuse.Validate("stale", age, ttl);
    }

    /** Whether the client takes no answer but a stored one; without one it gets 504 (RFC 9111, section 5.2.1.7). */
    public static boolean onlyIfCached(RequestHead request, CachePolicy policy) {
        return CacheControl.of(request.fields()).has("only-if-cached");
    }

    /**
     * Whether the stored response may answer in place of a failed exchange (RFC 9111, section 4.2.4): within its
     * stale-if-error for any failure; when no answer came at all, also within the route's cap unless it must be revalidated.
     */
    public static boolean mayServeOnError(
            StoredResponse stored, RequestHead request, Instant now, CachePolicy policy, ErrorKind kind) {
        Freshness freshness = stored.freshness();
        Duration age = freshness.currentAge(now);
        Duration staleness = age.minus(freshness.lifetime());
        Demands demands = Demands.of(request.fields(), policy);
        if (freshness.noCache() || demands.forbid(age, staleness.negated())) {
            return false;
        }
        if (staleness.isNegative() || isWithin(staleness, freshness.staleIfError())) {
            return true;
        }
        if (freshness.mustRevalidate()) {
            return false;
        }
        return isWithin(staleness, least(demands.staleIfError(), policy.staleCap()))
                || (kind == ErrorKind.DISCONNECT && isWithin(staleness, policy.staleCap()));
    }

    private static boolean isWithin(Duration staleness, Duration allowance) {
        return allowance.isPositive() && staleness.compareTo(allowance) <= 0;
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /**
     * What a client demands by request directives (RFC 9111, section 5.2.1).
     *
     * <p>Deviation: without {@link CachePolicy#trustClientDirectives()} they are ignored, since any stranger could
     * otherwise reach the origin at will.
     */
    private record Demands(
            boolean noCache, Optional<Duration> maxAge, Duration minFresh, Duration maxStale, Duration staleIfError) {
        private static final Demands NONE =
                new Demands(false, Optional.empty(), Duration.ZERO, Duration.ZERO, Duration.ZERO);

        static Demands of(Fields request, CachePolicy policy) {
            if (!policy.trustClientDirectives()) {
                return NONE;
            }
            CacheControl control = CacheControl.of(request);
            boolean pragma = !request.contains("Cache-Control")
                    && FieldParser.names(request, "Pragma").contains("no-cache");
            Duration unlimited = policy.staleCap();
            return new Demands(
                    pragma || control.has("no-cache"),
                    control.seconds("max-age"),
                    control.seconds("min-fresh").orElse(Duration.ZERO),
                    control.arguments()
                            .getOrDefault("max-stale", Optional.of("0"))
                            .map(argument -> control.seconds("max-stale").orElse(Duration.ZERO))
                            .orElse(unlimited),
                    control.seconds("stale-if-error").orElse(Duration.ZERO));
        }

        boolean none() {
            return equals(NONE);
        }

        /** Whether no reuse without validation satisfies the client. */
        boolean forbid(Duration age, Duration ttl) {
            boolean tooOld = maxAge.isPresent() && age.compareTo(maxAge.get()) > 0;
            boolean tooStale = minFresh.isPositive() && ttl.compareTo(minFresh) < 0;
            boolean zero = maxAge.isPresent() && maxAge.get().isZero() && maxStale.isZero();
            return noCache || tooOld || tooStale || zero;
        }
    }
}
