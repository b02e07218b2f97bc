package io.sallyport.cache.rule;

import io.sallyport.cache.CachePolicy;
import io.sallyport.http.FieldParser;
import io.sallyport.http.Fields;
import io.sallyport.http.HttpDate;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How long a response is fresh from its origination (RFC 9111, section 4.2). */
public final class FreshnessLifetime {
    private FreshnessLifetime() {}

    /**
     * freshness_lifetime (RFC 9111, section 4.2.1): s-maxage, else max-age, else Expires, else a heuristic; zero where the
     * response is stale from the start. In secure mode an error that a request can provoke lives at most
     * {@link CachePolicy#errorCap()}.
     */
    public static Duration of(ResponseHead response, CacheControl control, Instant responseTime, CachePolicy policy) {
        Duration lifetime = control.seconds("s-maxage")
                .or(() -> control.seconds("max-age"))
                .or(() -> expires(response.fields(), control, responseTime))
                .orElseGet(() -> heuristic(response, control, responseTime, policy));
        boolean capped = StatusCodes.isProvokedError(response.status(), policy);
        return capped && lifetime.compareTo(policy.errorCap()) > 0 ? policy.errorCap() : lifetime;
    }

    /** Whether the origin itself says how long the response is fresh (explicit expiration time). */
    public static boolean isExplicit(Fields fields, CacheControl control) {
        return control.hasLifetime() || (!control.targeted() && fields.contains("Expires"));
    }

    /** Expires minus Date (RFC 9111, section 5.3): an invalid date, "0" too, is in the past; of two lines the first counts. */
    private static Optional<Duration> expires(Fields fields, CacheControl control, Instant responseTime) {
        if (control.targeted()) {
            return Optional.empty();
        }
        return fields.first("Expires")
                .map(value -> HttpDate.parse(value, responseTime)
                        .map(expires -> Duration.between(
                                CurrentAge.dateValue(fields, responseTime).orElse(responseTime), expires))
                        .filter(lifetime -> !lifetime.isNegative())
                        .orElse(Duration.ZERO));
    }

    /** A tenth of the time since the last modification (RFC 9111, section 4.2.2). */
    private static Duration heuristic(
            ResponseHead response, CacheControl control, Instant responseTime, CachePolicy policy) {
        Fields fields = response.fields();
        boolean allowed = StatusCodes.isHeuristicallyCacheable(response.status(), policy) || control.has("public");
        if (!allowed || FieldParser.names(fields, "Pragma").contains("no-cache")) {
            return Duration.ZERO;
        }
        Instant date = CurrentAge.dateValue(fields, responseTime).orElse(responseTime);
        Duration tenth = lastModified(fields, responseTime)
                .map(modified -> Duration.between(modified, date).dividedBy(10))
                .filter(lifetime -> !lifetime.isNegative())
                .orElse(Duration.ZERO);
        return tenth.compareTo(policy.heuristicCap()) > 0 ? policy.heuristicCap() : tenth;
    }

    /** Last-Modified; empty where it is absent, given twice or invalid. */
    static Optional<Instant> lastModified(Fields fields, Instant now) {
        List<String> lines = fields.values("Last-Modified");
        return lines.size() == 1 ? HttpDate.parse(lines.getFirst(), now) : Optional.empty();
    }
}
