package io.sallyport.cache.engine;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.rule.CacheKeys;
import io.sallyport.cache.rule.RequestRule;
import io.sallyport.cache.rule.RequestRule.Eligibility;
import io.sallyport.cache.rule.ReuseRule;
import io.sallyport.cache.rule.ReuseRule.Reuse;
import io.sallyport.cache.rule.Validation;
import io.sallyport.cache.rule.VariantSelection;
import io.sallyport.cache.store.ResponseStore;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A shared HTTP cache (RFC 9111): plans what is to be done with a request, and fetches once for all that wait for the same.
 * Thread-safe.
 */
public final class HttpCache {
    private final ResponseStore store;
    private final InstantSource clock;
    private final Fill.Means means;
    private final Map<FlightKey, Fill> flights = new ConcurrentHashMap<>();
    private final VaryMemory vary = new VaryMemory();
    private final StoringNotes notes = new StoringNotes();
    private final PartsOnly partsOnly = new PartsOnly();
    private final RefreshPace refreshes;

    /** A cache over a store; the clock tells the wall-clock time that ages are reckoned with. */
    public HttpCache(ResponseStore store, InstantSource clock) {
        this(store, clock, FillLimits.DEFAULT, RefreshLimits.DEFAULT, new Random());
    }

    /** The same with other limits; the random numbers spread what would happen at the same time. */
    public HttpCache(
            ResponseStore store,
            InstantSource clock,
            FillLimits limits,
            RefreshLimits refreshLimits,
            RandomGenerator random) {
        this.store = store;
        this.clock = clock;
        this.means = new Fill.Means(store, clock, limits);
        this.refreshes = new RefreshPace(refreshLimits, clock, random);
    }

    /** Where the stored responses live. */
    public ResponseStore store() {
        return store;
    }

    /** Decides what is to be done with a request that took a cached route. Looks up, but changes nothing. */
    public Plan plan(CachedRoute route, RequestHead request, boolean hasContent) {
        return plan(route, CacheKeys.of(route.keyId(), request, route.policy()), request, hasContent);
    }

    /** The same for a request whose primary key is known. */
    public Plan plan(CachedRoute route, CacheKey key, RequestHead request, boolean hasContent) {
        if (RequestRule.judge(request, hasContent, route.policy()) instanceof Eligibility.Bypass(String reason)) {
            return new Plan.Pass(reason);
        }
        List<StoredResponse> variants = store.variants(key);
        Instant now = clock.instant();
        Optional<StoredResponse> selected = VariantSelection.select(request, variants, now);
        if (selected.isEmpty()) {
            return miss(route, key, request, variants.isEmpty() ? "uri-miss" : "vary-miss");
        }
        StoredResponse response = selected.get();
        return switch (ReuseRule.judge(request, response, now, route.policy())) {
            case Reuse.Fresh fresh ->
                store.retain(response)
                        ? new Plan.Serve(response, fresh.age(), fresh.ttl())
                        : miss(route, key, request, "uri-miss");
            case Reuse.StaleWhileRevalidate stale ->
                store.retain(response)
                        ? new Plan.ServeAndRevalidate(
                                response, stale.age(), stale.ttl(), validation(route, key, request, variants, "stale"))
                        : miss(route, key, request, "uri-miss");
            case Reuse.Validate validate ->
                ReuseRule.onlyIfCached(request, route.policy())
                        ? onlyIfCached()
                        : validation(route, key, request, variants, validate.fwdReason());
        };
    }

    private Plan miss(CachedRoute route, CacheKey key, RequestHead request, String reason) {
        if (ReuseRule.onlyIfCached(request, route.policy())) {
            return onlyIfCached();
        }
        boolean shared = !request.isHead()
                && !store.isMarked(key)
                && partsOnly.mayFetchWhole(route, key, request, clock.instant());
        return new Plan.Forward(route, key, request, List.of(), reason, shared);
    }

    private static Plan onlyIfCached() {
        return new Plan.Refuse(504, "only-if-cached");
    }

    private static Plan.Forward validation(
            CachedRoute route, CacheKey key, RequestHead request, List<StoredResponse> variants, String reason) {
        return new Plan.Forward(route, key, request, variants, reason, true);
    }

    /**
     * Joins the fill of this request's key, or begins one.
     *
     * @return the answer, on the customer's event loop; cancelling it leaves the fill
     */
    public Mono<Answer> forward(Plan.Forward plan, Customer customer, Upstream upstream) {
        return Mono.create(sink -> {
            Waiter waiter = new Waiter(
                    plan.request(),
                    customer,
                    answer -> {
                        if (answer instanceof Answer.Apart(String reason) && reason.equals("range")) {
                            partsOnly.remember(plan.key(), clock.instant());
                        }
                        notes.answered(plan, answer, clock.instant(), store);
                        sink.success(answer);
                    },
                    this::discard);
            Fill fill = plan.shared() ? joinShared(plan, waiter, upstream) : alone(plan, waiter, upstream);
            sink.onCancel(() -> {
                waiter.leave();
                fill.leave(waiter);
            });
        });
    }

    private Fill joinShared(Plan.Forward plan, Waiter waiter, Upstream upstream) {
        FlightKey key = flightKey(plan);
        while (true) {
            Fill made = new Fill(task(plan, waiter), means, fill -> closed(key, fill));
            Fill running = flights.putIfAbsent(key, made);
            Fill fill = running == null ? made : running;
            if (fill.join(waiter)) {
                if (fill == made && !made.answer(head -> meanwhile(plan, head))) {
                    made.start(upstream);
                }
                return fill;
            }
            flights.remove(key, fill);
        }
    }

    /**
     * The fresh response that has come into the store since the plan was made. A fill stores before it leaves, so that whoever
     * finds none to join finds what the last one brought.
     */
    private Optional<Answer> meanwhile(Plan.Forward plan, RequestHead request) {
        Instant now = clock.instant();
        return VariantSelection.select(request, store.variants(plan.key()), now)
                .flatMap(stored -> switch (ReuseRule.judge(
                        request, stored, now, plan.route().policy())) {
                    case Reuse.Fresh fresh ->
                        store.retain(stored)
                                ? Optional.of(new Answer.Stored(
                                        stored, fresh.age(), fresh.ttl(), Answer.Reused.FETCHED_MEANWHILE, true))
                                : Optional.empty();
                    case Reuse.StaleWhileRevalidate stale -> Optional.empty();
                    case Reuse.Validate validate -> Optional.empty();
                });
    }

    private Fill alone(Plan.Forward plan, Waiter waiter, Upstream upstream) {
        Fill fill = new Fill(task(plan, waiter), means, closed -> {});
        while (!fill.join(waiter)) {
            // A purge came between.
            fill = new Fill(task(plan, waiter), means, closed -> {});
        }
        fill.start(upstream);
        return fill;
    }

    /**
     * Validates a stored response that nobody waits for, unless that is already under way, too much is, or the last time it
     * failed and that is not long ago.
     */
    public void refresh(Plan.Forward plan, Upstream upstream) {
        FlightKey key = flightKey(plan);
        if (flights.containsKey(key) || !refreshes.begins(key.key())) {
            return;
        }
        AtomicBoolean over = new AtomicBoolean();
        Fill fill = new Fill(task(plan, null), means, closed -> {
            if (over.compareAndSet(false, true)) {
                refreshes.ended(key.key(), closed.hasFailed());
            }
            closed(key, closed);
        });
        if (flights.putIfAbsent(key, fill) == null) {
            fill.start(upstream);
        } else {
            refreshes.withdrawn();
        }
    }

    private void closed(FlightKey key, Fill fill) {
        fill.variant().ifPresent(variant -> vary.learn(key.key(), variant));
        flights.remove(key, fill);
    }

    private FlightKey flightKey(Plan.Forward plan) {
        return new FlightKey(plan.key(), plan.request().isHead(), vary.of(plan.key(), plan.request()));
    }

    /** The request that a fill sends: the keyed URL, and either the cache's own conditions or what the customer sent. */
    private static Fill.Task task(Plan.Forward plan, @Nullable Waiter asker) {
        RequestHead request = plan.request();
        Fields fields = request.fields();
        if (plan.shared()) {
            fields = Validation.withoutRange(Validation.withoutConditions(fields));
            fields = fields.toBuilder()
                    .addAll(Validation.conditions(plan.candidates()))
                    .build();
        }
        RequestHead upstreamRequest = new RequestHead(
                request.method(),
                request.scheme(),
                request.authority(),
                plan.key().path(),
                plan.key().query(),
                fields);
        return new Fill.Task(plan, upstreamRequest, asker);
    }

    /**
     * Begins to record the response to a request that passes by the cache; empty unless it is a POST whose response the route
     * may store. The URL that is handed on must be the one that is keyed.
     */
    public Optional<PostRecording> record(CachedRoute route, RequestHead request) {
        if (!route.policy().storePost() || !request.method().equals("POST")) {
            return Optional.empty();
        }
        CacheKey key = CacheKeys.of(route.keyId(), request, route.policy());
        return key.target().equals(request.target())
                ? Optional.of(new PostRecording(store, clock, route, key, request))
                : Optional.empty();
    }

    /** Makes what is stored under a key unusable, and whatever a running fill brings for it (RFC 9111, section 4.4). */
    public void invalidate(CacheKey key) {
        store.invalidate(key);
        invalidateFills(key);
    }

    /** The same for all that a response has changed which is being recorded and may take the place of what was stored. */
    public void invalidate(List<CacheKey> keys, PostRecording by) {
        by.invalidate(keys);
        keys.forEach(this::invalidateFills);
    }

    private void invalidateFills(CacheKey key) {
        for (Fill fill : flights.values()) {
            if (fill.plan().key().equals(key)) {
                fill.invalidate();
            }
        }
    }

    /** What {@link #plan} would decide now and why; changes nothing. */
    public Explanation explain(CachedRoute route, RequestHead request, boolean hasContent) {
        Plan plan = plan(route, request, hasContent);
        switch (plan) {
            case Plan.Serve serve -> store.release(serve.response());
            case Plan.ServeAndRevalidate stale -> store.release(stale.response());
            case Plan.Forward forward -> {}
            case Plan.Pass pass -> {}
            case Plan.Refuse refuse -> {}
        }
        CacheKey key = CacheKeys.of(route.keyId(), request, route.policy());
        boolean inFlight =
                flights.keySet().stream().anyMatch(flight -> flight.key().equals(key));
        return Explanation.of(store, route.policy(), key, request, plan, inFlight, notes.of(key), clock.instant());
    }

    /** The fills that are running. */
    public int fillsInFlight() {
        return flights.size();
    }

    /** Gives back what an answer that nobody carries out holds. */
    public void discard(Answer answer) {
        switch (answer) {
            case Answer.Fetched fetched -> fetched.content().discard();
            case Answer.Stored stored -> store.release(stored.response());
            case Answer.Apart apart -> {}
            case Answer.Failed failed -> {}
        }
    }
}
