package io.sallyport.cache.rule;

import io.sallyport.cache.CachePolicy;
import io.sallyport.http.Fields;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;

/**
 * What of a response gave it its freshness lifetime (RFC 9111, section 4.2.1), for those who ask why.
 *
 * @param field the field that counts; empty where none does
 * @param directive the directive, "Expires", "heuristic", or "none" where nothing gives a lifetime
 * @param capped whether the route's cap is what is left of it
 */
public record LifetimeSource(String field, String directive, boolean capped) {
    /** The source of {@link FreshnessLifetime#of} for the same response. */
    public static LifetimeSource of(ResponseHead response, Instant responseTime, CachePolicy policy) {
        Fields fields = response.fields();
        CacheControl control = CacheControl.of(response, policy);
        Duration lifetime = FreshnessLifetime.of(response, control, responseTime, policy);
        String controlling =
                TargetedControl.field(fields, policy.targetedFields()).orElse("Cache-Control");
        for (String directive : new String[] {"s-maxage", "max-age"}) {
            if (control.has(directive)) {
                boolean capped =
                        !control.seconds(directive).orElse(Duration.ZERO).equals(lifetime);
                return new LifetimeSource(controlling, directive, capped);
            }
        }
        if (!control.targeted() && fields.contains("Expires")) {
            boolean capped =
                    StatusCodes.isProvokedError(response.status(), policy) && lifetime.equals(policy.errorCap());
            return new LifetimeSource("Expires", "Expires", capped);
        }
        if (lifetime.isPositive()) {
            return new LifetimeSource("Last-Modified", "heuristic", lifetime.equals(policy.heuristicCap()));
        }
        return new LifetimeSource("", "none", false);
    }
}
