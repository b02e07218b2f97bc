package io.sallyport.gateway;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * A cached route that asks nothing of Spring on the way upstream: its fills may go straight to a gate.
 *
 * @param uri the gate, {@code https}, or a list of gates, {@code regional}
 * @param preservesHost whether upstream gets the customer's Host
 */
record DirectRoute(URI uri, boolean preservesHost) {
    private static final String PRESERVE_HOST = "PreserveHostHeader";
    private static final Set<String> NEEDS_NOTHING = Set.of("HttpCache", PRESERVE_HOST);

    /** The direct form of a route; empty where it has filters, metadata or a destination that Spring must see to. */
    static Optional<DirectRoute> of(RouteDefinition definition, List<FilterDefinition> defaultFilters) {
        URI uri = definition.getUri();
        if (uri == null
                || !goesToGates(uri)
                || !definition.getMetadata().isEmpty()
                || !needNothing(definition.getFilters())
                || !needNothing(defaultFilters)) {
            return Optional.empty();
        }
        return Optional.of(new DirectRoute(uri, preserve(definition.getFilters()) || preserve(defaultFilters)));
    }

    private static boolean goesToGates(URI uri) {
        return uri.getHost() != null
                && (RegionalLists.SCHEME.equals(uri.getScheme()) || "https".equals(uri.getScheme()));
    }

    private static boolean needNothing(List<FilterDefinition> filters) {
        return filters.stream().allMatch(filter -> NEEDS_NOTHING.contains(String.valueOf(filter.getName())));
    }

    private static boolean preserve(List<FilterDefinition> filters) {
        return filters.stream().anyMatch(filter -> PRESERVE_HOST.equals(filter.getName()));
    }
}
