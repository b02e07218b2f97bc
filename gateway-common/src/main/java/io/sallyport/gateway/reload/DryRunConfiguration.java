package io.sallyport.gateway.reload;

import io.sallyport.gateway.GateApplication;
import io.sallyport.gateway.route.CacheProperties;
import io.sallyport.gateway.route.RouteTable;
import io.sallyport.gateway.setting.ClientProperties;
import io.sallyport.gateway.setting.DrainProperties;
import io.sallyport.gateway.setting.FillProperties;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.gateway.upstream.RegionalLists;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.reactive.ReactiveWebServerFactory;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.ConfigurableEnvironment;

/** A gate that only tries its settings: it has no listener, and says what it understood. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(GateApplication.DRY_RUN)
public class DryRunConfiguration {
    @Bean
    ReactiveWebServerFactory unopened() {
        return handler -> new WebServer() {
            @Override
            public void start() {}

            @Override
            public void stop() {}

            @Override
            public int getPort() {
                return -1;
            }
        };
    }

    @Bean
    @Order(0)
    DryRunSection gateSection(GateProperties gate, ConfigurableEnvironment environment) {
        return () -> List.of(
                gate.tier().label() + " gate of the installation " + gate.cdn(),
                "configuration files: " + FreshSettings.files(environment),
                "listener: port " + environment.getProperty("server.port", "8080") + " at "
                        + environment.getProperty("server.address", "every address"),
                "access log: " + gate.accessLog());
    }

    @Bean
    @Order(1)
    DryRunSection routesSection(GatewayProperties gateway, RouteTable table, RegionalLists lists) {
        return () -> {
            Map<String, String> policies = table.cached().stream()
                    .collect(Collectors.toMap(
                            route -> route.id(), route -> route.policy().toString(), (one, other) -> one));
            List<String> lines = new ArrayList<>(List.of("routes, in order:"));
            for (RouteDefinition route : gateway.getRoutes()) {
                lines.add("  " + route.getId() + ": " + predicates(route) + " -> " + route.getUri()
                        + (route.isEnabled() ? "" : " (not enabled)"));
                lines.add("    " + (policies.containsKey(route.getId()) ? policies.get(route.getId()) : "not cached"));
            }
            lists.all()
                    .forEach((name, gates) -> lines.add("regional gates " + name + ", in order: "
                            + gates.stream().map(one -> one.uri().toString()).collect(Collectors.joining(", "))));
            return lines;
        };
    }

    private static String predicates(RouteDefinition route) {
        return route.getPredicates().stream()
                .map(DryRunConfiguration::predicate)
                .collect(Collectors.joining(" and "));
    }

    private static String predicate(PredicateDefinition predicate) {
        return predicate.getName() + "=" + String.join(",", predicate.getArgs().values());
    }

    @Bean
    @Order(2)
    DryRunSection limitsSection(
            CacheProperties cache, FillProperties fill, ClientProperties client, DrainProperties drain) {
        return () -> List.of("limits:", "  " + cache, "  " + fill, "  " + client, "  " + drain);
    }
}
