package io.sallyport.regional.origin;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyRoutingFilter;
import org.springframework.cloud.gateway.filter.WebsocketRoutingFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Sends the requests of routes whose metadata say {@code tls-verify: false} to origins without asking who they are, over a
 * client of its own; all other routes go on to the filters that verify. Warns of such routes when the gate is ready.
 */
final class UnverifiedOrigins implements GlobalFilter, Ordered {
    /** The metadata of a route that switches the verification of its origin off. */
    static final String TLS_VERIFY = "tls-verify";

    private static final Logger LOG = LoggerFactory.getLogger(UnverifiedOrigins.class);

    private final NettyRoutingFilter http;
    private final WebsocketRoutingFilter webSocket;
    private final RouteDefinitionLocator routes;

    UnverifiedOrigins(NettyRoutingFilter http, WebsocketRoutingFilter webSocket, RouteDefinitionLocator routes) {
        this.http = http;
        this.webSocket = webSocket;
        this.routes = routes;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        @Nullable Route route = exchange.getAttribute(GATEWAY_ROUTE_ATTR);
        if (route == null || isVerified(route.getMetadata().get(TLS_VERIFY))) {
            return chain.filter(exchange);
        }
        return webSocket.filter(exchange, upgraded -> http.filter(upgraded, chain));
    }

    @EventListener
    void warn(ApplicationReadyEvent ready) {
        routes.getRouteDefinitions()
                .filter(route -> !isVerified(route.getMetadata().get(TLS_VERIFY)))
                .subscribe(UnverifiedOrigins::warn);
    }

    private static void warn(RouteDefinition route) {
        LOG.warn(
                "event=origin-not-verified route={} uri={} detail=\"whoever answers there is believed; remove {}: false\"",
                route.getId(),
                route.getUri(),
                TLS_VERIFY);
    }

    /** Only a clear "false" switches it off. */
    private static boolean isVerified(@Nullable Object setting) {
        return !"false".equalsIgnoreCase(String.valueOf(setting));
    }

    /** Before the filters that verify, of which the one for WebSockets is the first. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE - 2;
    }
}
