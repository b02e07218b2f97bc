package io.sallyport.gateway.upstream;

import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.gateway.request.InternalFields;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClientResponse;

/** Sends a request whose route is {@code regional://NAME} to the first gate of that list that takes it. */
public final class RegionalRouting implements GlobalFilter, Ordered {
    private static final Set<HttpMethod> SAFE =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.TRACE);

    private final RegionalLists lists;

    public RegionalRouting(RegionalLists lists) {
        this.lists = lists;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        URI asked = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        if (asked == null || !RegionalLists.SCHEME.equals(asked.getScheme())) {
            return chain.filter(exchange);
        }
        List<RegionalGate> gates = lists.of(asked.getHost());
        if (gates.isEmpty()) {
            return Mono.error(new IllegalStateException("there is no list " + asked.getHost()));
        }
        boolean repeatable = mayBeRepeated(exchange.getRequest());
        if (gates.size() > 1) {
            OnceRouting.sendOnce(exchange); // the next gate gets it
        }
        return new Sending(exchange, chain, asked, new RegionalAttempts(lists, gates, repeatable)).next();
    }

    /** Ahead of the filters that send, WebSockets included. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE - 10;
    }

    private static boolean mayBeRepeated(ServerHttpRequest request) {
        HttpHeaders fields = request.getHeaders();
        return SAFE.contains(request.getMethod())
                && fields.getContentLength() <= 0
                && !fields.containsHeader(HttpHeaders.TRANSFER_ENCODING);
    }

    /** One request, sent through the filters that follow to one gate after the other. */
    private static final class Sending {
        private final ServerWebExchange exchange;
        private final GatewayFilterChain chain;
        private final URI asked;
        private final RegionalAttempts attempts;

        Sending(ServerWebExchange exchange, GatewayFilterChain chain, URI asked, RegionalAttempts attempts) {
            this.exchange = exchange;
            this.chain = chain;
            this.asked = asked;
            this.attempts = attempts;
        }

        Mono<Void> next() {
            return attempts.next().map(this::through).orElseGet(Mono::empty);
        }

        private Mono<Void> through(RegionalGate gate) {
            OnceRouting.unsent(exchange);
            String query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
            exchange.getAttributes()
                    .put(
                            ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR,
                            URI.create(gate.uri().getScheme() + "://"
                                    + gate.uri().getRawAuthority() + asked.getRawPath() + query));
            return chain.filter(exchange)
                    .doOnCancel(gate::givenUp)
                    .materialize()
                    .flatMap(signal -> {
                        Throwable error = signal.getThrowable();
                        return error == null ? answered(gate) : failed(gate, error);
                    });
        }

        private Mono<Void> answered(RegionalGate gate) {
            if (isDraining(exchange)) {
                return attempts.draining(gate) ? again() : Mono.empty();
            }
            gate.answered();
            return Mono.empty();
        }

        private Mono<Void> failed(RegionalGate gate, Throwable error) {
            @Nullable UpstreamFailure known = Failures.known(error);
            if (known == null || exchange.getResponse().isCommitted()) {
                gate.givenUp();
                return Mono.error(error);
            }
            return attempts.failed(gate, known, OnceRouting.wasSent(exchange)) ? again() : Mono.error(error);
        }

        private Mono<Void> again() {
            ServerWebExchangeUtils.reset(exchange);
            return next();
        }
    }

    /** Whether the gate says that it ends and has done nothing with the request. */
    private static boolean isDraining(ServerWebExchange exchange) {
        HttpClientResponse response = exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR);
        return response != null
                && response.status().code() == 503
                && response.responseHeaders().contains(InternalFields.DRAINING);
    }
}
