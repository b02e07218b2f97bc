package io.sallyport.gateway.route;

import io.sallyport.gateway.upstream.RegionalLists;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * A cached route that asks nothing of Spring on the way upstream: its fills may go straight there.
 *
 * @param uri where it leads, {@code https} or {@code http}, or a list of gates, {@code regional}
 * @param preservesHost whether upstream gets the customer's Host
 */
public record DirectRoute(URI uri, boolean preservesHost) {
    private static final String PRESERVE_HOST = "PreserveHostHeader";
    private static final Set<String> SCHEMES = Set.of("http", "https", RegionalLists.SCHEME);
    private static final Set<String> NEEDS_NOTHING = Set.of("HttpCache", PRESERVE_HOST);

    /** The direct form of a route; empty where it has filters, metadata or a destination that Spring must see to. */
    public static Optional<DirectRoute> of(RouteDefinition definition, List<FilterDefinition> defaultFilters) {
        URI uri = definition.getUri();
        if (uri == null
                || !isPlain(uri)
                || !definition.getMetadata().isEmpty()
                || !needNothing(definition.getFilters())
                || !needNothing(defaultFilters)) {
            return Optional.empty();
        }
        return Optional.of(new DirectRoute(uri, preserve(definition.getFilters()) || preserve(defaultFilters)));
    }

    private static boolean isPlain(URI uri) {
        return uri.getHost() != null
                && uri.getRawUserInfo() == null
                && SCHEMES.contains(String.valueOf(uri.getScheme()));
    }

    private static boolean needNothing(List<FilterDefinition> filters) {
        return filters.stream().allMatch(filter -> NEEDS_NOTHING.contains(String.valueOf(filter.getName())));
    }

    private static boolean preserve(List<FilterDefinition> filters) {
        return filters.stream().anyMatch(filter -> PRESERVE_HOST.equals(filter.getName()));
    }
}
