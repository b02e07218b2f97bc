package io.sallyport.gateway.upstream;

import java.net.URI;
import java.util.Set;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Hands on the path and the query as they are after the route's filters, octet for octet. Spring Cloud Gateway takes the URL
 * apart and builds it anew: it drops empty segments and empty parameters, and encodes "%26" in a parameter once more, so that
 * the origin would answer for another URL than the one that is keyed.
 */
public final class ExactTarget implements GlobalFilter, Ordered {
    private static final Set<String> SCHEMES = Set.of("http", "https", "ws", "wss", "lb", RegionalLists.SCHEME);

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        URI built = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        if (built != null && built.getRawAuthority() != null && SCHEMES.contains(built.getScheme())) {
            URI asked = exchange.getRequest().getURI();
            String query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
            exchange.getAttributes()
                    .put(
                            ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR,
                            URI.create(
                                    built.getScheme() + "://" + built.getRawAuthority() + asked.getRawPath() + query));
        }
        return chain.filter(exchange);
    }

    @Override
    public int getOrder() {
        return RouteToRequestUrlFilter.ROUTE_TO_URL_FILTER_ORDER + 1;
    }
}
