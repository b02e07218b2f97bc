package io.sallyport.gateway.route;

import io.sallyport.cache.CachePolicy;
import io.sallyport.gateway.upstream.FetchExchange;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The mark of a cached route, and the guard of its fills: the outermost filter of the route. It confirms to a fill that the
 * route that the gate chose is the one that Spring chose, by the same definition; without that nothing is stored or shared. Errors of the chain
 * become the fill's failure and never an error page.
 */
public final class HttpCacheFilter implements GatewayFilter, Ordered {
    private final CachePolicy policy;
    /** Which definition of the route this belongs to; empty until the gate knows the route. */
    private volatile String keyId = "";

    HttpCacheFilter(CachePolicy policy) {
        this.policy = policy;
    }

    CachePolicy policy() {
        return policy;
    }

    /** Has fills confirmed that were begun for this definition of the route. */
    void confirms(String ofDefinition) {
        keyId = ofDefinition;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return Mono.deferContextual(context -> {
            FetchExchange fetch = context.getOrDefault(FetchExchange.class, null);
            if (fetch == null) {
                return chain.filter(exchange);
            }
            fetch.routed(keyId);
            return chain.filter(exchange).onErrorResume(error -> {
                fetch.fail(error);
                return Mono.empty();
            });
        });
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
