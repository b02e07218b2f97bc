package io.sallyport.cache.engine;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.rule.CacheControl;
import io.sallyport.cache.rule.FreshnessLifetime;
import io.sallyport.cache.rule.LifetimeSource;
import io.sallyport.cache.rule.ReuseRule;
import io.sallyport.cache.rule.ReuseRule.ErrorKind;
import io.sallyport.cache.rule.ReuseRule.Reuse;
import io.sallyport.cache.rule.VariantSelection;
import io.sallyport.cache.store.ResponseStore;
import io.sallyport.http.RequestHead;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the cache would do with a request at an instant, and what it knows of the key.
 *
 * @param now the instant
 * @param key the primary key
 * @param plan what would be done; holds no reference to a stored response
 * @param variants all stored responses of the key
 * @param marked whether a hit-for-miss marker stands
 * @param inFlight whether a fill of the key is running
 * @param notStored why the last answer was not stored; empty where it was, or none is remembered
 */
public record Explanation(
        Instant now,
        CacheKey key,
        Plan plan,
        List<Variant> variants,
        boolean marked,
        boolean inFlight,
        Optional<NotStored> notStored) {
    public Explanation {
        Objects.requireNonNull(now);
        Objects.requireNonNull(key);
        Objects.requireNonNull(plan);
        variants = List.copyOf(variants);
        Objects.requireNonNull(notStored);
    }

    /**
     * A stored response as the request sees it.
     *
     * @param response the stored response, of which no reference is held
     * @param endedEarly whether a soft purge, or an answer to HEAD that told of another representation, ended its lifetime
     * @param matches whether its nominated fields are those of the request
     * @param selected whether it is the one that the request selects
     * @param reuse whether it may answer the request now
     * @param onDisconnect whether it may stand in where the origin cannot be reached
     * @param onServerError whether it may stand in for a 5xx of the origin
     * @param source what gave it its lifetime
     */
    public record Variant(
            StoredResponse response,
            boolean endedEarly,
            boolean matches,
            boolean selected,
            Reuse reuse,
            boolean onDisconnect,
            boolean onServerError,
            LifetimeSource source) {}

    static Explanation of(
            ResponseStore store,
            CachePolicy policy,
            CacheKey key,
            RequestHead request,
            Plan plan,
            boolean inFlight,
            Optional<NotStored> notStored,
            Instant now) {
        List<StoredResponse> stored = store.variants(key);
        Optional<StoredResponse> selected = VariantSelection.select(request, stored, now);
        List<Variant> variants = new ArrayList<>(stored.size());
        for (StoredResponse response : stored) {
            variants.add(new Variant(
                    response,
                    isEndedEarly(response, policy),
                    VariantSelection.matches(response.variant(), request.fields()),
                    selected.filter(response::equals).isPresent(),
                    ReuseRule.judge(request, response, now, policy),
                    ReuseRule.mayServeOnError(response, request, now, policy, ErrorKind.DISCONNECT),
                    ReuseRule.mayServeOnError(response, request, now, policy, ErrorKind.SERVER_ERROR),
                    LifetimeSource.of(response.head(), response.freshness().responseTime(), policy)));
        }
        return new Explanation(now, key, plan, variants, store.isMarked(key), inFlight, notStored);
    }

    private static boolean isEndedEarly(StoredResponse response, CachePolicy policy) {
        Duration lifetime = FreshnessLifetime.of(
                response.head(),
                CacheControl.of(response.head(), policy),
                response.freshness().responseTime(),
                policy);
        return lifetime.compareTo(response.freshness().lifetime()) > 0;
    }
}
