package io.sallyport.cache.rule;

import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.Freshness;
import io.sallyport.cache.VariantKey;
import io.sallyport.http.FieldParser;
import io.sallyport.http.Fields;
import io.sallyport.http.HttpDate;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether and how a response may be stored (RFC 9111, section 3). */
public final class StoringRule {
    private static final int MOST_TAGS = 128;
    private static final int LONGEST_TAG = 256;

    private StoringRule() {}

    /** The verdict on storing one response. */
    public sealed interface Storability {
        /**
         * It may be stored.
         *
         * @param variant its secondary key
         * @param head what is to be stored: without hop-by-hop fields, Age, and fields that no-cache or private name;
         *     with Date
         * @param freshness its times and lifetimes
         * @param tags the surrogate keys that the origin gave
         */
        record Storable(VariantKey variant, ResponseHead head, Freshness freshness, Set<String> tags)
                implements Storability {
            public Storable {
                tags = Set.copyOf(tags);
            }
        }

        /** It must not be stored; the reason is a word for logs and Cache-Status. */
        record NotStorable(String reason) implements Storability {}
    }

    /**
     * Judges a final response to a request as it was sent upstream.
     *
     * @param requestTime when the request was sent (request_time)
     * @param responseTime when the response head came (response_time)
     */
    public static Storability judge(
            RequestHead request, ResponseHead response, Instant requestTime, Instant responseTime, CachePolicy policy) {
        CacheControl control = CacheControl.of(response, policy);
        Optional<String> refusal = refusal(request, response, control, policy);
        if (refusal.isPresent()) {
            return new Storability.NotStorable(refusal.get());
        }
        ResponseHead head = storedHead(response, control, responseTime);
        if (head.fields().contains("Set-Cookie")
                && policy.mode() == CachePolicy.Mode.SECURE
                && !policy.storeSetCookie()) {
            return new Storability.NotStorable("set-cookie");
        }
        Freshness freshness = freshness(response, control, requestTime, responseTime, policy);
        if (!isOfUse(head.fields(), freshness)) {
            return new Storability.NotStorable(freshness.noCache() ? "no-cache" : "stale");
        }
        return new Storability.Storable(
                VariantSelection.of(head, request.fields()), head, freshness, tags(response.fields()));
    }

    private static Optional<String> refusal(
            RequestHead request, ResponseHead response, CacheControl control, CachePolicy policy) {
        int status = response.status();
        boolean understood = StatusCodes.isUnderstood(status);
        boolean mustUnderstand = control.has("must-understand");
        String reason = null;
        if (!methodAllows(request, response, control, policy)) {
            reason = "method";
        } else if (!StatusCodes.isFinal(status) || status == 304) {
            reason = "status";
        } else if (status == 206 || request.fields().contains("Range")) {
            reason = "partial";
        } else if (mustUnderstand && !understood) {
            reason = "must-understand";
        } else if (control.noStore() && !mustUnderstand) {
            reason = "no-store";
        } else if (policy.trustClientDirectives()
                && CacheControl.of(request.fields()).noStore()) {
            reason = "request-no-store";
        } else if (control.isPrivate()) {
            reason = "private";
        } else if (request.fields().contains("Authorization") && !allowsAuthorization(control)) {
            reason = "authorization";
        } else if (!isExplicitlyCacheable(response, control) && !StatusCodes.isHeuristicallyCacheable(status, policy)) {
            reason = "no-lifetime";
        } else if (!VariantSelection.isSelectable(response.fields())) {
            reason = "vary";
        }
        return Optional.ofNullable(reason);
    }

    /** GET; and POST where the route says so and the 200 names its own URI and lifetime (RFC 9110, section 9.3.3). */
    private static boolean methodAllows(
            RequestHead request, ResponseHead response, CacheControl control, CachePolicy policy) {
        return switch (request.method()) {
            case "GET" -> true;
            case "POST" ->
                policy.storePost()
                        && response.status() == 200
                        && FreshnessLifetime.isExplicit(response.fields(), control)
                        && isItsOwn(request, response);
            default -> false;
        };
    }

    private static boolean isItsOwn(RequestHead request, ResponseHead response) {
        Optional<URI> target = TargetUri.of(request);
        List<String> locations = response.fields().values("Content-Location");
        return target.isPresent()
                && locations.size() == 1
                && TargetUri.resolve(request, locations.getFirst()).equals(target);
    }

    /** RFC 9111, section 3.5. */
    private static boolean allowsAuthorization(CacheControl control) {
        return control.has("public") || control.has("s-maxage") || control.has("must-revalidate");
    }

    /** RFC 9111, section 3, last list: anything but a heuristic that makes a response cacheable in a shared cache. */
    private static boolean isExplicitlyCacheable(ResponseHead response, CacheControl control) {
        return control.has("public") || FreshnessLifetime.isExplicit(response.fields(), control);
    }

    /** Whether a stored copy can ever be reused: while it is fresh, stale with leave, or after a validation. */
    private static boolean isOfUse(Fields stored, Freshness freshness) {
        boolean validator = stored.contains("ETag") || stored.contains("Last-Modified");
        boolean everFresh = !freshness.noCache()
                && (freshness.lifetime().compareTo(freshness.correctedInitialAge()) > 0
                        || freshness.staleWhileRevalidate().isPositive()
                        || freshness.staleIfError().isPositive());
        return validator || everFresh;
    }

    /**
     * The head as it is stored (RFC 9111, section 3.1): no hop-by-hop fields, no Age, none of the fields that no-cache or
     * private name, and a Date: where it is absent or invalid, the time of receipt (RFC 9110, section 6.6.1). An upstream
     * cache's Cache-Status stays: this cache's member is appended to it.
     */
    static ResponseHead storedHead(ResponseHead response, CacheControl control, Instant responseTime) {
        Set<String> excluded = new LinkedHashSet<>(control.qualifiedFields());
        excluded.add("age");
        Fields fields = HopByHop.strip(response.fields()).without(excluded);
        if (CurrentAge.dateValue(fields, responseTime).isEmpty()) {
            fields = fields.with("Date", HttpDate.format(responseTime));
        }
        return response.withFields(fields);
    }

    /** All that is known at this time about the reuse of a response. */
    static Freshness freshness(
            ResponseHead response,
            CacheControl control,
            Instant requestTime,
            Instant responseTime,
            CachePolicy policy) {
        boolean provoked = StatusCodes.isProvokedError(response.status(), policy);
        boolean mustRevalidate = control.mustRevalidate() || provoked;
        Duration implied = mustRevalidate ? Duration.ZERO : policy.staleIfError();
        boolean forbidsStale = control.forbidsStale() || provoked;
        return new Freshness(
                requestTime,
                responseTime,
                CurrentAge.correctedInitialAge(response, requestTime, responseTime),
                FreshnessLifetime.of(response, control, responseTime, policy),
                forbidsStale ? Duration.ZERO : stale(control, "stale-while-revalidate", Duration.ZERO, policy),
                forbidsStale ? Duration.ZERO : stale(control, "stale-if-error", implied, policy),
                control.noCache(),
                mustRevalidate);
    }

    /** RFC 5861, sections 3 and 4, under the cap of the route. */
    private static Duration stale(CacheControl control, String directive, Duration implied, CachePolicy policy) {
        Duration allowance = control.seconds(directive).orElse(implied);
        return allowance.compareTo(policy.staleCap()) > 0 ? policy.staleCap() : allowance;
    }

    /** The surrogate keys of Surrogate-Key (separated by spaces) and Cache-Tag (by commas): the first 128. */
    private static Set<String> tags(Fields fields) {
        Set<String> tags = new LinkedHashSet<>();
        for (String line : fields.values("Surrogate-Key")) {
            tags.addAll(FieldParser.split(line, ' '));
        }
        tags.addAll(FieldParser.list(fields, "Cache-Tag"));
        Set<String> kept = new LinkedHashSet<>();
        for (String tag : tags) {
            if (tag.length() <= LONGEST_TAG && kept.size() < MOST_TAGS) {
                kept.add(tag);
            }
        }
        return kept;
    }
}
