package io.sallyport.gateway.management;

import io.sallyport.cache.store.ResponseStore;
import io.sallyport.gateway.reload.Reload;
import io.sallyport.gateway.route.RouteTable;
import io.sallyport.gateway.setting.ManagementProperties;
import java.util.Map;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.server.WebHandler;

/** What a gate's management port has beside Spring's own: purge, reload, the door, the guard of all writes, and an end. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnProperty("sallyport.tier")
class ManagementConfiguration {
    @Bean
    ManagementDoor managementDoor(ManagementAccess access, WebEndpointProperties endpoints) {
        return new ManagementDoor(access, endpoints.getBasePath());
    }

    @Bean
    ManagementGuard managementGuard(ManagementServerProperties server, ManagementProperties management) {
        return new ManagementGuard(server.getAddress(), management.hosts());
    }

    /**
     * What the port does not have is not there. Spring Cloud Gateway keeps its routes from a management port only by the
     * number that the settings have, which is not the port's where it is 0, and the gateway's mapping comes after this one.
     */
    @Bean
    HandlerMapping nothingElse() {
        WebHandler absent = exchange -> {
            exchange.getResponse().setStatusCode(HttpStatus.NOT_FOUND);
            return exchange.getResponse().setComplete();
        };
        return new SimpleUrlHandlerMapping(Map.of("/**", absent), 0);
    }

    @Bean
    RouterFunction<ServerResponse> purge(WebEndpointProperties endpoints, ResponseStore store, RouteTable routes) {
        PurgeHandler handler = new PurgeHandler(store, routes);
        return RouterFunctions.route()
                .POST(endpoints.getBasePath() + "/purge", handler::purge)
                .build();
    }

    @Bean
    RouterFunction<ServerResponse> reloadByHand(WebEndpointProperties endpoints, Reload reload) {
        ReloadHandler handler = new ReloadHandler(reload);
        return RouterFunctions.route()
                .POST(endpoints.getBasePath() + "/reload", handler::reload)
                .build();
    }
}
