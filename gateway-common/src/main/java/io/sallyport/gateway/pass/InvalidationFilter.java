package io.sallyport.gateway.pass;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.engine.HttpCache;
import io.sallyport.cache.engine.PostRecording;
import io.sallyport.cache.rule.CacheKeys;
import io.sallyport.cache.rule.Invalidation;
import io.sallyport.gateway.request.ClientExchange;
import io.sallyport.gateway.route.RouteTable;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.util.List;
import java.util.Optional;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Ends the reuse of what a successful unsafe request has changed, before its response is sent (RFC 9111, section 4.4), in
 * every cached route that a GET of the URI would take, whichever route the unsafe request took itself.
 */
public final class InvalidationFilter implements GlobalFilter, Ordered {
    private final RouteTable routes;
    private final HttpCache cache;

    public InvalidationFilter(RouteTable routes, HttpCache cache) {
        this.routes = routes;
        this.cache = cache;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return Mono.deferContextual(context -> {
            ClientExchange pass = context.getOrDefault(ClientExchange.class, null);
            RequestHead request = pass == null ? null : pass.head();
            if (request != null) {
                Optional<PostRecording> recording = PassFilter.recording(exchange);
                exchange.getResponse().beforeCommit(() -> {
                    List<CacheKey> keys = changed(request, exchange);
                    recording.ifPresentOrElse(
                            post -> cache.invalidate(keys, post), () -> keys.forEach(cache::invalidate));
                    return Mono.empty();
                });
            }
            return chain.filter(exchange);
        });
    }

    private List<CacheKey> changed(RequestHead request, ServerWebExchange exchange) {
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        HttpHeaders headers = exchange.getResponse().getHeaders();
        Fields.Builder fields = Fields.builder();
        for (String name : new String[] {"Location", "Content-Location"}) {
            headers.getOrEmpty(name).forEach(value -> fields.add(name, value));
        }
        ResponseHead response = new ResponseHead(status == null ? 200 : status.value(), fields.build());
        return Invalidation.targets(request, response).stream()
                .flatMap(target -> Invalidation.request(target).flatMap(this::key).stream())
                .toList();
    }

    private Optional<CacheKey> key(RequestHead get) {
        return routes.match(get).map(route -> CacheKeys.of(route.keyId(), get, route.policy()));
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
