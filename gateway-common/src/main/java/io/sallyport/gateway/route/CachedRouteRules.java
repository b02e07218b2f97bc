package io.sallyport.gateway.route;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * What a cached route may carry. Its filters run once for each fill and not once for each customer, and it must match by what
 * the cache key holds; everything else is refused when the routes are read, with the name of the route.
 */
public final class CachedRouteRules {
    /** Filters whose effect is a function of the keyed URL and of the response alone. */
    private static final Set<String> ALLOWED = Set.of(
            "HttpCache",
            "AddRequestHeader",
            "AddResponseHeader",
            "CircuitBreaker",
            "DedupeResponseHeader",
            "PrefixPath",
            "PreserveHostHeader",
            "RemoveRequestHeader",
            "RemoveResponseHeader",
            "RequestHeaderSize",
            "Retry",
            "RewriteLocationResponseHeader",
            "RewritePath",
            "RewriteResponseHeader",
            "SecureHeaders",
            "SetPath",
            "SetRequestHeader",
            "SetRequestHostHeader",
            "SetResponseHeader",
            "SetStatus",
            "StripPrefix");

    private static final String PER_CUSTOMER =
            "it would act for the one customer whose request is fetched and not for all";
    private static final String NOT_THE_KEYS = "the URL that is fetched must be a function of the key alone";
    private static final String NO_CONTENT = "a fetch of a cached route has no content";
    private static final String NOT_IN_THE_KEY = "it takes a value from a field that is not in the key";

    /** Why not, for the filters that are met most. */
    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("AddRequestParameter", NOT_THE_KEYS),
            Map.entry("CacheRequestBody", NO_CONTENT),
            Map.entry("FallbackHeaders", PER_CUSTOMER),
            Map.entry("LocalResponseCache", "HttpCache stands in its place"),
            Map.entry("MapRequestHeader", NOT_IN_THE_KEY),
            Map.entry("ModifyRequestBody", NO_CONTENT),
            Map.entry("RedirectTo", "it answers without a fetch"),
            Map.entry("RemoveRequestParameter", NOT_THE_KEYS + ": use the argument query of HttpCache"),
            Map.entry("RequestHeaderToRequestUri", NOT_THE_KEYS),
            Map.entry("RequestRateLimiter", "it would count fetches and not requests"),
            Map.entry("RewriteRequestParameter", NOT_THE_KEYS),
            Map.entry("SaveSession", PER_CUSTOMER),
            Map.entry("SetRequestUri", NOT_THE_KEYS),
            Map.entry("TokenRelay", PER_CUSTOMER));

    private final GatewayProperties gateway;
    private final HttpCacheArguments arguments;

    public CachedRouteRules(GatewayProperties gateway, HttpCacheArguments arguments) {
        this.gateway = gateway;
        this.arguments = arguments;
    }

    /**
     * Judges definitions before Spring makes routes of them; throws {@link InvalidCachedRouteException} for the first cached
     * one that cannot be.
     */
    public void check(List<RouteDefinition> definitions) {
        for (RouteDefinition definition : definitions) {
            List<FilterDefinition> caching = Stream.concat(
                            gateway.getDefaultFilters().stream(), definition.getFilters().stream())
                    .filter(HttpCacheArguments::isHttpCache)
                    .toList();
            if (!caching.isEmpty()) {
                check(String.valueOf(definition.getId()), definition, caching);
            }
        }
    }

    private void check(String id, RouteDefinition definition, List<FilterDefinition> caching) {
        if (caching.size() > 1) {
            throw new InvalidCachedRouteException(
                    id, "filter HttpCache", caching.size() + " times", "allowed is one, default-filters counted in");
        }
        arguments.check(id, caching.getFirst());
        String others = definition.getPredicates().stream()
                .map(PredicateDefinition::getName)
                .filter(name -> !RouteMatch.isJudged(name))
                .collect(Collectors.joining(", "));
        if (!others.isEmpty()) {
            throw predicates(id, others);
        }
        checkFilters(id, "filters", definition.getFilters());
        checkFilters(id, "default-filters", gateway.getDefaultFilters());
    }

    /** The definition; throws {@link InvalidCachedRouteException} where the route cannot be cached. */
    public RouteDefinition check(String id, @Nullable RouteDefinition definition, RouteMatch match) {
        if (definition == null) {
            throw new InvalidCachedRouteException(
                    id, "filter HttpCache", "a route from a RouteLocator bean", "define the route as configuration");
        }
        if (!match.isExact()) {
            throw predicates(id, String.join(", ", match.unknown()));
        }
        return definition;
    }

    private static InvalidCachedRouteException predicates(String id, String value) {
        return new InvalidCachedRouteException(
                id,
                "predicates",
                value,
                "allowed are Host, Path and Method, since a response is stored for all who ask for its URL");
    }

    private static void checkFilters(String id, String where, List<FilterDefinition> filters) {
        for (FilterDefinition filter : filters) {
            String name = String.valueOf(filter.getName());
            if (!ALLOWED.contains(name)) {
                String why = REASONS.getOrDefault(
                        name, "a filter of a cached route runs once for each fetch and not for each customer");
                throw new InvalidCachedRouteException(
                        id,
                        where,
                        name,
                        why + "; allowed are " + ALLOWED.stream().sorted().collect(Collectors.joining(", ")));
            }
        }
    }
}
