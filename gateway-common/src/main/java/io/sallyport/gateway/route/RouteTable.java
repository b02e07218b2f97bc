package io.sallyport.gateway.route;

import io.sallyport.cache.engine.CachedRoute;
import io.sallyport.cache.rule.CacheKeys;
import io.sallyport.gateway.route.ResolvedTargets.Resolved;
import io.sallyport.gateway.setting.InvalidSettingException;
import io.sallyport.gateway.upstream.RegionalLists;
import io.sallyport.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.ApplicationListener;
import org.springframework.http.server.PathContainer;

/**
 * A compiled view of Spring Cloud Gateway's own routes, in their order, that tells in no time which cached route a request
 * takes. It is built anew on every successful refresh of the routes and swapped at once. A request that an earlier route
 * could take in ways that this view does not judge is left to Spring.
 */
public final class RouteTable implements ApplicationListener<RefreshRoutesResultEvent>, SmartInitializingSingleton {
    private static final Logger log = LoggerFactory.getLogger(RouteTable.class);

    private final RouteLocator locator;
    private final RouteDefinitionLocator definitions;
    private final GatewayProperties gateway;
    private final CachedRouteRules rules;
    private final RegionalLists regionals;
    private final Consumer<List<CachedRoute>> refreshed;
    /** Why the last refresh was refused; null where it was not. */
    private volatile @Nullable RuntimeException refusal;

    private volatile Compiled compiled = new Compiled(List.of(), new ResolvedTargets(), Map.of());

    /** The routes in order, what they make of the targets that were asked for last, and by key id those of direct fills. */
    private record Compiled(List<Entry> entries, ResolvedTargets known, Map<String, DirectRoute> direct) {
        static Compiled of(List<Entry> entries) {
            Map<String, DirectRoute> direct = new HashMap<>();
            for (Entry entry : entries) {
                if (entry.cached() != null && entry.direct() != null) {
                    direct.put(entry.cached().keyId(), entry.direct());
                }
            }
            return new Compiled(entries, new ResolvedTargets(), Map.copyOf(direct));
        }
    }

    /** One route: how it matches, how it is cached if it is, and how it is fetched past Spring if it may be. */
    private record Entry(
            String id,
            RouteMatch match,
            @Nullable CachedRoute cached,
            @Nullable DirectRoute direct) {}

    /**
     * Which route a request takes, as far as this table tells.
     *
     * @param id the route's id; null where none takes it
     * @param cached the route where the request goes through the cache; null where Spring is to see to it
     * @param why in a few words
     */
    public record Choice(@Nullable String id, @Nullable CachedRoute cached, String why) {}

    public RouteTable(
            RouteLocator locator,
            RouteDefinitionLocator definitions,
            GatewayProperties gateway,
            CachedRouteRules rules,
            RegionalLists regionals,
            Consumer<List<CachedRoute>> refreshed) {
        this.locator = locator;
        this.definitions = definitions;
        this.gateway = gateway;
        this.rules = rules;
        this.regionals = regionals;
        this.refreshed = refreshed;
    }

    /** The cached route that Spring would choose for this request with the key there, or empty where Spring is to see to it. */
    public Optional<Resolved> resolve(RequestHead request) {
        Compiled now = compiled;
        return now.known()
                .of(
                        request,
                        head -> match(now.entries(), head)
                                .map(route -> new Resolved(route, CacheKeys.of(route.keyId(), head, route.policy()))));
    }

    /** The cached route that Spring would choose for this request, or empty where Spring is to see to it. */
    public Optional<CachedRoute> match(RequestHead request) {
        return match(compiled.entries(), request);
    }

    private static Optional<CachedRoute> match(List<Entry> entries, RequestHead request) {
        PathContainer path = null;
        for (Entry entry : entries) {
            if (path == null && entry.match().readsPath()) {
                path = PathContainer.parsePath(request.path());
            }
            if (entry.match().mayTake(request, path)) {
                return entry.match().isExact() ? Optional.ofNullable(entry.cached()) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** The same with its reasons. */
    public Choice choice(RequestHead request) {
        PathContainer path = PathContainer.parsePath(request.path());
        for (Entry entry : compiled.entries()) {
            if (!entry.match().mayTake(request, path)) {
                continue;
            }
            if (!entry.match().isExact()) {
                String asked = String.join(", ", entry.match().unknown());
                return new Choice(entry.id(), null, "only Spring can tell whether it takes the request: " + asked);
            }
            return entry.cached() == null
                    ? new Choice(entry.id(), null, "it has no filter HttpCache")
                    : new Choice(entry.id(), entry.cached(), "it is the first that takes the request");
        }
        return new Choice(null, null, "no route takes the request");
    }

    /** How a route is fetched past Spring; empty where it may not be, or is no more. */
    public Optional<DirectRoute> direct(CachedRoute route) {
        return Optional.ofNullable(compiled.direct().get(route.keyId()));
    }

    /** The cached routes, in order. */
    public List<CachedRoute> cached() {
        return compiled.entries().stream()
                .map(Entry::cached)
                .filter(route -> route != null)
                .toList();
    }

    /** Reads the routes once before the listener opens, so that a route that cannot be cached stops the start. */
    @Override
    public void afterSingletonsInstantiated() {
        refresh(error -> {
            throw error instanceof InvalidCachedRouteException || error instanceof InvalidSettingException
                    ? error
                    : InvalidSettingException.unreadableRoutes(error);
        });
    }

    @Override
    public void onApplicationEvent(RefreshRoutesResultEvent event) {
        if (event.isSuccess()) {
            refresh(error -> {
                refusal = error;
                log.error("event=routes-refused reason=\"{}\"", error.getMessage());
            });
        } else {
            refusal = new IllegalStateException("the routes cannot be read", event.getThrowable());
        }
    }

    /** Runs what has Spring refresh the routes; throws why that was refused. */
    public void refreshing(Runnable change) {
        refusal = null;
        change.run();
        RuntimeException refused = refusal;
        if (refused != null) {
            throw refused;
        }
    }

    private void refresh(Consumer<RuntimeException> refused) {
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        definitions
                .getRouteDefinitions()
                .collectList()
                .doOnNext(rules::check)
                .doOnNext(routes -> RegionalLists.check(routes, regionals.all().keySet()))
                .flatMap(defined -> locator.getRoutes().collectList().map(routes -> compile(routes, byId(defined))))
                .subscribe(
                        entries -> {
                            compiled = Compiled.of(entries);
                            refreshed.accept(cached());
                        },
                        error -> failure.set(
                                error instanceof RuntimeException known ? known : new IllegalStateException(error)));
        RuntimeException error = failure.get();
        if (error != null) {
            refused.accept(error);
        }
    }

    private static Map<String, RouteDefinition> byId(List<RouteDefinition> definitions) {
        return definitions.stream()
                .collect(Collectors.toMap(
                        definition -> String.valueOf(definition.getId()),
                        definition -> definition,
                        (first, next) -> next));
    }

    private List<Entry> compile(List<Route> routes, Map<String, RouteDefinition> byId) {
        List<Entry> compiled = new ArrayList<>();
        for (Route route : routes) {
            RouteDefinition definition = byId.get(route.getId());
            RouteMatch match = RouteMatch.of(route, definition);
            HttpCacheFilter filter = cacheFilter(route);
            if (filter == null) {
                compiled.add(new Entry(route.getId(), match, null, null));
            } else {
                RouteDefinition checked = rules.check(route.getId(), definition, match);
                String keyId = keyId(checked);
                filter.confirms(keyId);
                compiled.add(new Entry(
                        route.getId(),
                        match,
                        new CachedRoute(route.getId(), keyId, filter.policy()),
                        DirectRoute.of(checked, gateway.getDefaultFilters()).orElse(null)));
            }
        }
        return List.copyOf(compiled);
    }

    /** The filter that has a route cached; null for a route without. */
    public static @Nullable HttpCacheFilter cacheFilter(Route route) {
        for (GatewayFilter filter : route.getFilters()) {
            GatewayFilter bare = filter instanceof OrderedGatewayFilter ordered ? ordered.getDelegate() : filter;
            if (bare instanceof HttpCacheFilter cache) {
                return cache;
            }
        }
        return null;
    }

    /** The route's id with a digest of its definition, so that a changed route serves no old bytes. */
    private String keyId(RouteDefinition definition) {
        String text = definition.getUri()
                + "|"
                + definition.getPredicates()
                + "|"
                + definition.getFilters()
                + "|"
                + gateway.getDefaultFilters().stream().map(Object::toString).collect(Collectors.joining(","));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return definition.getId() + "@" + HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
