package io.sallyport.gateway.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.store.StoreEvents;
import io.sallyport.gateway.setting.GateProperties;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Counts what leaves the store: {@code sallyport.cache.evictions} by tier and cause. */
public final class EvictionMeters implements StoreEvents {
    private final Map<Cause, Counter> counters = new EnumMap<>(Cause.class);

    public EvictionMeters(MeterRegistry registry, GateProperties.Tier tier) {
        for (Cause cause : Cause.values()) {
            counters.put(
                    cause,
                    Counter.builder("sallyport.cache.evictions")
                            .tags("tier", tier.label(), "cause", cause.name().toLowerCase(Locale.ROOT))
                            .description("Stored responses that left the store, by cause")
                            .register(registry));
        }
    }

    @Override
    public void removed(StoredResponse response, Cause cause) {
        Counter counter = counters.get(cause);
        if (counter != null) {
            counter.increment();
        }
    }
}
