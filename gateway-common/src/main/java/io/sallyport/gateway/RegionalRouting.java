package io.sallyport.gateway;

import io.sallyport.cache.engine.UpstreamFailure;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
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

/**
 * Sends a request whose route is {@code regional://NAME} to the first gate of that list that takes it. A request that was
 * not sent goes on to the next gate; a safe one without content also when it was sent and refused, or its connection ended
 * before the response: that is sent once more and never a third time.
 */
final class RegionalRouting implements GlobalFilter, Ordered {
    private static final Set<HttpMethod> SAFE =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.TRACE);
    private static final int MOST_SENDINGS = 2;

    private final RegionalLists lists;

    RegionalRouting(RegionalLists lists) {
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
        return new Attempts(exchange, chain, asked, gates).next();
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

    /** One request on its way along the gates of a list. */
    private final class Attempts {
        private final ServerWebExchange exchange;
        private final GatewayFilterChain chain;
        private final URI asked;
        private final List<RegionalGate> gates;
        private final boolean repeatable;
        private final Set<RegionalGate> tried = new HashSet<>();
        private int sendings;

        Attempts(ServerWebExchange exchange, GatewayFilterChain chain, URI asked, List<RegionalGate> gates) {
            this.exchange = exchange;
            this.chain = chain;
            this.asked = asked;
            this.gates = gates;
            this.repeatable = mayBeRepeated(exchange.getRequest());
        }

        Mono<Void> next() {
            return choose().map(this::through).orElseGet(Mono::empty);
        }

        /** The first that takes requests; where none does, the first that was not tried. */
        private Optional<RegionalGate> choose() {
            long now = System.nanoTime();
            Optional<RegionalGate> admitting = gates.stream()
                    .filter(gate -> !tried.contains(gate))
                    .filter(gate -> gate.admits(now, repeatable))
                    .findFirst();
            return admitting.isPresent()
                    ? admitting
                    : gates.stream().filter(gate -> !tried.contains(gate)).findFirst();
        }

        private Mono<Void> through(RegionalGate gate) {
            tried.add(gate);
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
            if (!isDraining(exchange)) {
                gate.answered();
                return Mono.empty();
            }
            gate.failed(RegionalGate.Failure.UNREACHABLE, "draining", System.nanoTime());
            sendings++;
            if (!repeatable || sendings >= MOST_SENDINGS || isLast()) {
                return Mono.empty();
            }
            return again(gate);
        }

        private Mono<Void> failed(RegionalGate gate, Throwable error) {
            boolean sent = OnceRouting.wasSent(exchange);
            @Nullable UpstreamFailure known = Failures.known(error);
            if (known == null || exchange.getResponse().isCommitted()) {
                gate.givenUp();
                return Mono.error(error);
            }
            boolean ofConnection = switch (known.kind()) {
                case CONNECT, TLS, DISCONNECT -> true;
                case TIMEOUT -> !sent;
                case PROTOCOL, OVERLOAD, INTERNAL -> false;
            };
            if (!ofConnection) {
                gate.givenUp();
                return Mono.error(error);
            }
            gate.failed(
                    known.kind() == UpstreamFailure.Kind.DISCONNECT
                            ? RegionalGate.Failure.DISCONNECTED
                            : RegionalGate.Failure.UNREACHABLE,
                    known.detail(),
                    System.nanoTime());
            if (sent) {
                sendings++;
            }
            if (isLast() || (sent && (!repeatable || sendings >= MOST_SENDINGS))) {
                return Mono.error(error);
            }
            return again(gate);
        }

        private boolean isLast() {
            return tried.size() == gates.size();
        }

        private Mono<Void> again(RegionalGate failed) {
            lists.failedOver(failed);
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
