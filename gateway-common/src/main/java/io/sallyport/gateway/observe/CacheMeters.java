package io.sallyport.gateway.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sallyport.cache.engine.Answer;
import io.sallyport.cache.engine.HttpCache;
import io.sallyport.cache.store.ResponseStore;
import io.sallyport.gateway.request.ClientExchange;
import io.sallyport.gateway.request.ClientExchange.Outcome;
import io.sallyport.gateway.setting.GateProperties;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The numbers of the cache by tier, route and outcome: {@code sallyport.cache.requests} and {@code sallyport.cache.bytes}
 * (bytes of content sent to clients), how full the store is, what is being fetched and how long followers wait. The route tag is a configured id or "none", so that the
 * number of series is bounded by the configuration.
 */
public final class CacheMeters {
    private final MeterRegistry registry;
    private final String tier;
    private final Timer waits;
    private final Map<String, Map<Outcome, Meters>> byRoute = new ConcurrentHashMap<>();

    private record Meters(Counter requests, Counter bytes) {}

    /** The counts of one route and outcome. */
    public record Counts(long requests, long bytes) {}

    public CacheMeters(MeterRegistry registry, GateProperties.Tier tier, HttpCache cache) {
        this.registry = registry;
        this.tier = tier.label();
        ResponseStore store = cache.store();
        Gauge.builder("sallyport.cache.fills", cache, HttpCache::fillsInFlight)
                .tag("tier", this.tier)
                .description("Fetches for the cache that are under way")
                .register(registry);
        waits = Timer.builder("sallyport.cache.waits")
                .tag("tier", this.tier)
                .description("How long requests waited for the answer to a fetch that another began")
                .register(registry);
        Gauge.builder("sallyport.cache.store.bytes", store, s -> s.usage().bytes())
                .tag("tier", this.tier)
                .baseUnit("bytes")
                .description("Bytes that stored responses take")
                .register(registry);
        Gauge.builder("sallyport.cache.store.max.bytes", store, s -> s.usage().maxBytes())
                .tag("tier", this.tier)
                .baseUnit("bytes")
                .description("Bytes that stored responses may take")
                .register(registry);
        Gauge.builder("sallyport.cache.store.entries", store, s -> s.usage().entries())
                .tag("tier", this.tier)
                .description("Stored responses, every variant counted")
                .register(registry);
        route("none");
    }

    /** Makes the series of a route appear before its first request. */
    public void route(String id) {
        byRoute.computeIfAbsent(id, this::register);
    }

    private Map<Outcome, Meters> register(String route) {
        Map<Outcome, Meters> meters = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            meters.put(
                    outcome,
                    new Meters(
                            Counter.builder("sallyport.cache.requests")
                                    .tags("tier", tier, "route", route, "outcome", outcome.label())
                                    .description("Client requests by what became of them in the cache")
                                    .register(registry),
                            Counter.builder("sallyport.cache.bytes")
                                    .tags("tier", tier, "route", route, "outcome", outcome.label())
                                    .baseUnit("bytes")
                                    .description("Bytes of content sent to clients")
                                    .register(registry)));
        }
        return meters;
    }

    void count(ClientExchange exchange) {
        Map<Outcome, Meters> route = byRoute.get(exchange.route());
        if (route == null) {
            route = byRoute.computeIfAbsent(exchange.route(), this::register);
        }
        Meters meters = route.get(exchange.outcome());
        if (meters != null) {
            meters.requests().increment();
            meters.bytes().increment((double) exchange.contentBytes());
        }
    }

    /** Counts how long a request waited, where it was for another's fetch. */
    void waited(Answer answer, long nanos) {
        boolean follower = switch (answer) {
            case Answer.Fetched fetched -> fetched.collapsed();
            case Answer.Stored stored -> stored.collapsed();
            case Answer.Apart apart -> false;
            case Answer.Failed failed -> false;
        };
        if (follower) {
            waits.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** The counts so far, by route and outcome. */
    public Map<String, Map<Outcome, Counts>> counts() {
        Map<String, Map<Outcome, Counts>> counts = new TreeMap<>();
        byRoute.forEach((route, outcomes) -> {
            Map<Outcome, Counts> of = new EnumMap<>(Outcome.class);
            outcomes.forEach((outcome, meters) ->
                    of.put(outcome, new Counts((long) meters.requests().count(), (long)
                            meters.bytes().count())));
            counts.put(route, of);
        });
        return counts;
    }
}
