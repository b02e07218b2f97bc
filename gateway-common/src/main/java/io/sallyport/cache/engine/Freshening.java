package io.sallyport.cache.engine;

import io.sallyport.cache.Freshness;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.rule.StoringRule.Storability;
import io.sallyport.cache.rule.Validation;
import io.sallyport.cache.rule.VariantSelection;
import io.sallyport.cache.store.ResponseStore;
import io.sallyport.http.HttpDate;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Brings stored responses up to date with what upstream says of them without sending them again (RFC 9111, sections 4.3.4 and
 * 4.3.5).
 *
 * @param store where they live
 * @param plan what was asked
 * @param requestTime when it was asked
 * @param generation the purge sequence at that time
 */
record Freshening(ResponseStore store, Plan.Forward plan, Instant requestTime, long generation) {
    /**
     * A stored response with what an update says of it.
     *
     * @param response the response, over the stored body
     * @param kept whether it may stay in the store; if not, it may be used once, for the request that the update answers
     */
    record Freshened(StoredResponse response, boolean kept) {
        /** Whether a request may be answered with it. */
        boolean mayAnswer(RequestHead request, boolean asker) {
            return kept ? VariantSelection.matches(response.variant(), request.fields()) : asker;
        }
    }

    /**
     * What a 304 confirms: the selected stored response, freshened; empty where it selects none. One that may not stay is to
     * be {@link #drop dropped} once it has been used.
     */
    Optional<Freshened> byNotModified(ResponseHead notModified, Instant now) {
        return Validation.selected(notModified, plan.candidates()).map(old -> freshen(old, notModified, now));
    }

    /** What a response to HEAD says of the stored response to GET that the request selects. */
    void byHead(ResponseHead head, Instant now) {
        VariantSelection.select(plan.request(), store.variants(plan.key()), now).ifPresent(stored -> {
            switch (Validation.byHead(stored, head)) {
                case UPDATES -> {
                    Freshened freshened = freshen(stored, head, now);
                    if (!freshened.kept()) {
                        drop(freshened);
                    }
                }
                case INVALIDATES -> store.replace(stored, stale(stored));
                case NOTHING -> {
                    // It describes another kind of response.
                }
            }
        });
    }

    /** Ends the reuse of what may not stay in the store. */
    void drop(Freshened gone) {
        store.remove(gone.response());
    }

    private Freshened freshen(StoredResponse old, ResponseHead update, Instant now) {
        // Without a Date of its own an update counts from its receipt (RFC 9110, section 6.6.1).
        ResponseHead dated = update.fields().contains("date")
                ? update
                : update.withFields(update.fields().with("date", HttpDate.format(now)));
        return switch (Validation.freshened(
                plan.request(),
                old.head(),
                dated,
                requestTime,
                now,
                plan.route().policy())) {
            case Storability.Storable storable -> {
                StoredResponse fresh = new StoredResponse(
                        old.key(),
                        storable.variant(),
                        storable.head(),
                        storable.freshness(),
                        storable.tags(),
                        generation,
                        old.body());
                store.replace(old, fresh);
                yield new Freshened(fresh, true);
            }
            case Storability.NotStorable gone -> new Freshened(once(old, dated, now), false);
        };
    }

    /** The response as the request that the update answers gets it (RFC 9111, section 4.3.3). */
    private StoredResponse once(StoredResponse old, ResponseHead update, Instant now) {
        ResponseHead merged = Validation.freshenedHead(old.head(), update);
        Freshness freshness = Validation.freshness(
                plan.request(), merged, requestTime, now, plan.route().policy());
        return old.freshened(merged.withFields(merged.fields().without(Set.of("age"))), freshness, generation);
    }

    private static StoredResponse stale(StoredResponse stored) {
        Freshness was = stored.freshness();
        Freshness none = new Freshness(
                was.requestTime(),
                was.responseTime(),
                was.correctedInitialAge(),
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                was.noCache(),
                was.mustRevalidate());
        return stored.freshened(stored.head(), none, stored.generation());
    }
}
