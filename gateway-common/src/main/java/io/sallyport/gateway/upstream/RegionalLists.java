package io.sallyport.gateway.upstream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.gateway.setting.InvalidSettingException;
import io.sallyport.gateway.setting.RegionalProperties;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * The lists of gates that stand in for one another, by name. A gate is the same in all lists. Meters:
 * {@code sallyport.upstream.gate.up} and {@code sallyport.upstream.gate.failovers}, by tier and gate; a gate is a configured
 * address.
 */
public final class RegionalLists {
    /** The scheme of a route that goes to a list: {@code regional://NAME}. */
    public static final String SCHEME = "regional";

    private final MeterRegistry registry;
    private final String tier;
    private volatile Map<String, List<RegionalGate>> lists = Map.of();

    public RegionalLists(MeterRegistry registry, GateProperties.Tier tier, RegionalProperties properties) {
        this.registry = registry;
        this.tier = tier.label();
        replace(properties);
    }

    /** Takes other lists; what is known of a gate that stays, stays. */
    public synchronized void replace(RegionalProperties properties) {
        Map<URI, RegionalGate> known = new LinkedHashMap<>();
        lists.values().forEach(gates -> gates.forEach(gate -> known.put(gate.uri(), gate)));
        Map<String, List<RegionalGate>> next = new TreeMap<>();
        properties
                .regionals()
                .forEach((name, uris) -> next.put(
                        name,
                        uris.stream()
                                .map(uri -> known.computeIfAbsent(
                                        uri, added -> observed(new RegionalGate(added, properties.backOff()))))
                                .toList()));
        lists = Map.copyOf(next);
        next.values().forEach(gates -> gates.forEach(gate -> gate.backOff(properties.backOff())));
    }

    private RegionalGate observed(RegionalGate gate) {
        Gauge.builder(
                        "sallyport.upstream.gate.up",
                        gate,
                        observed -> observed.state(System.nanoTime()) == RegionalGate.State.UP ? 1 : 0)
                .tags("tier", tier, "gate", gate.name())
                .description("Whether a gate of a list takes requests; 0 while it is passed over")
                .register(registry);
        failovers(gate);
        return gate;
    }

    private Counter failovers(RegionalGate gate) {
        return Counter.builder("sallyport.upstream.gate.failovers")
                .tags("tier", tier, "gate", gate.name())
                .description("Requests that went to another gate of the list since this one did not answer")
                .register(registry);
    }

    void failedOver(RegionalGate gate) {
        failovers(gate).increment();
    }

    /** All lists by their names, in the order of these. */
    public Map<String, List<RegionalGate>> all() {
        return new TreeMap<>(lists);
    }

    /** The gates of a list in their order; empty where there is no such list. */
    public List<RegionalGate> of(@Nullable String name) {
        return name == null ? List.of() : lists.getOrDefault(name, List.of());
    }

    /** Throws {@link InvalidSettingException} for the first route that goes to a list that does not exist. */
    public static void check(List<RouteDefinition> routes, Set<String> names) {
        for (RouteDefinition route : routes) {
            URI uri = route.getUri();
            if (uri != null
                    && SCHEME.equals(uri.getScheme())
                    && (uri.getHost() == null || !names.contains(uri.getHost()))) {
                throw InvalidSettingException.noSuchList(
                        String.valueOf(route.getId()),
                        uri.toString(),
                        names.stream().sorted().toList());
            }
        }
    }
}
