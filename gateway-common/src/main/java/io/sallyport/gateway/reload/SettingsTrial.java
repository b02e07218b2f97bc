package io.sallyport.gateway.reload;

import io.sallyport.gateway.route.CacheProperties;
import io.sallyport.gateway.route.CachedRouteRules;
import io.sallyport.gateway.route.HttpCacheArguments;
import io.sallyport.gateway.route.InvalidCachedRouteException;
import io.sallyport.gateway.route.RouteMatch;
import io.sallyport.gateway.route.RouteTable;
import io.sallyport.gateway.setting.ClientProperties;
import io.sallyport.gateway.setting.DrainProperties;
import io.sallyport.gateway.setting.FillProperties;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.gateway.setting.InvalidSettingException;
import io.sallyport.gateway.setting.ManagementProperties;
import io.sallyport.gateway.setting.RegionalProperties;
import io.sallyport.gateway.setting.RootMessage;
import io.sallyport.gateway.upstream.RegionalLists;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.core.env.ConfigurableEnvironment;
import reactor.core.publisher.Flux;

/** Judges settings as a start does, without changing anything: bound, checked, and the routes built. */
@SuppressWarnings("rawtypes") // as Spring Cloud Gateway has them
final class SettingsTrial {
    private final List<RoutePredicateFactory> predicates;
    private final List<GatewayFilterFactory> filters;
    private final ConfigurationService binding;
    private final CacheProperties cache;

    /**
     * A trial.
     *
     * @param binding makes predicates and filters of definitions, and tells nobody of it
     */
    SettingsTrial(
            List<RoutePredicateFactory> predicates,
            List<GatewayFilterFactory> filters,
            ConfigurationService binding,
            CacheProperties cache) {
        this.predicates = predicates;
        this.filters = filters;
        this.binding = binding;
        this.cache = cache;
    }

    /** Settings that may be taken. */
    record Passed(
            GatewayProperties gateway,
            GateProperties gate,
            RegionalProperties regionals,
            ClientProperties client,
            DrainProperties drain) {}

    /** A route that cannot be. */
    static final class OfRouteException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int index;

        OfRouteException(int index, String message, Throwable cause) {
            super(message, cause);
            this.index = index;
        }

        /** The setting that begins the route. */
        String setting() {
            return GatewayProperties.PREFIX + ".routes[" + index + "].id";
        }
    }

    /** Throws what a start would say where the settings are not good. */
    Passed judge(ConfigurableEnvironment environment) {
        IncompatibleSettings.check(environment);
        Binder binder = Binder.get(environment);
        Passed passed = new Passed(
                binder.bindOrCreate(GatewayProperties.PREFIX, GatewayProperties.class),
                binder.bindOrCreate("sallyport", GateProperties.class),
                binder.bindOrCreate("sallyport.upstream", RegionalProperties.class),
                binder.bindOrCreate("sallyport.client", ClientProperties.class),
                binder.bindOrCreate("sallyport.drain", DrainProperties.class));
        // These count from the next start on, which they must not prevent.
        binder.bindOrCreate("sallyport.cache", CacheProperties.class);
        binder.bindOrCreate("sallyport.fill", FillProperties.class);
        binder.bindOrCreate("sallyport.management", ManagementProperties.class);
        routes(passed);
        return passed;
    }

    private void routes(Passed passed) {
        GatewayProperties gateway = passed.gateway();
        CachedRouteRules rules = new CachedRouteRules(gateway, new HttpCacheArguments(cache));
        List<RouteDefinition> definitions = gateway.getRoutes();
        for (int index = 0; index < definitions.size(); index++) {
            RouteDefinition definition = definitions.get(index);
            if (definition.getId() == null) {
                definition.setId(UUID.randomUUID().toString());
            }
            if (!definition.isEnabled()) {
                continue;
            }
            try {
                rules.check(List.of(definition));
                RegionalLists.check(
                        List.of(definition), passed.regionals().regionals().keySet());
                build(definition, gateway, rules);
            } catch (RuntimeException refused) {
                throw new OfRouteException(index, message(definition, refused), refused);
            }
        }
    }

    private static String message(RouteDefinition definition, RuntimeException refused) {
        return refused instanceof InvalidCachedRouteException || refused instanceof InvalidSettingException
                ? String.valueOf(refused.getMessage())
                : "route " + definition.getId() + " cannot be read: " + RootMessage.of(refused);
    }

    private void build(RouteDefinition definition, GatewayProperties gateway, CachedRouteRules rules) {
        if (definition.getUri() == null) {
            throw new IllegalArgumentException("it has no uri");
        }
        RouteDefinitionRouteLocator locator = new RouteDefinitionRouteLocator(
                () -> Flux.just(definition), new ArrayList<>(predicates), filters, gateway, binding);
        try {
            List<Route> built = locator.getRoutes().collectList().toFuture().join();
            built.forEach(route -> {
                if (RouteTable.cacheFilter(route) != null) {
                    rules.check(String.valueOf(route.getId()), definition, RouteMatch.of(route, definition));
                }
            });
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }
}
