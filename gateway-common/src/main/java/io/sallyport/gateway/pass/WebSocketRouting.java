package io.sallyport.gateway.pass;

import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.WebsocketRoutingFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.client.WebSocketClient;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Hands WebSockets on (RFC 6455): upstream is asked first, and the client gets its 101 only when upstream has given one.
 * Spring's own filter, in whose place it works, upgrades the client at once and then finds out whether upstream will.
 */
public final class WebSocketRouting implements GlobalFilter, Ordered {
    private static final Set<String> HTTP = Set.of("http", "https");

    private final WebSocketClient client;
    private final WebSocketService service;
    private final ObjectProvider<List<HttpHeadersFilter>> headersFilters;

    public WebSocketRouting(
            WebSocketClient client, WebSocketService service, ObjectProvider<List<HttpHeadersFilter>> headersFilters) {
        this.client = client;
        this.service = service;
        this.headersFilters = headersFilters;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        URI target = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        if (target == null || ServerWebExchangeUtils.isAlreadyRouted(exchange) || !isWebSocket(exchange, target)) {
            return chain.filter(exchange);
        }
        ServerWebExchangeUtils.setAlreadyRouted(exchange);
        HttpHeaders headers = HttpHeadersFilter.filterRequest(headersFilters.getIfAvailable(List::of), exchange);
        HttpHeaders handedOn = new HttpHeaders();
        headers.forEach((name, values) -> {
            if (!name.toLowerCase(Locale.ROOT).startsWith("sec-websocket")) {
                handedOn.addAll(name, values);
            }
        });
        if (Boolean.TRUE.equals(exchange.getAttribute(ServerWebExchangeUtils.PRESERVE_HOST_HEADER_ATTRIBUTE))) {
            String host = exchange.getRequest().getHeaders().getFirst(HttpHeaders.HOST);
            if (host != null) {
                handedOn.set(HttpHeaders.HOST, host);
            }
        } else {
            handedOn.remove(HttpHeaders.HOST);
        }
        List<String> offered =
                exchange.getRequest().getHeaders().getOrEmpty(WebsocketRoutingFilter.SEC_WEBSOCKET_PROTOCOL).stream()
                        .flatMap(line -> List.of(line.split(",", -1)).stream())
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .toList();
        return client.execute(webSocket(target), handedOn, new Upstream(exchange, offered))
                .onErrorMap(WebSocketClientHandshakeException.class, WebSocketRouting::refused)
                .then(chain.filter(exchange));
    }

    /** Upstream's own refusal is handed on with its status; an answer that is neither is a fault of upstream. */
    private static ResponseStatusException refused(WebSocketClientHandshakeException error) {
        int status = error.response() == null ? 502 : error.response().status().code();
        return new ResponseStatusException(
                HttpStatusCode.valueOf(status >= 400 && status < 600 ? status : 502), "upgrade refused");
    }

    private static boolean isWebSocket(ServerWebExchange exchange, URI target) {
        String scheme = String.valueOf(target.getScheme());
        return scheme.equals("ws")
                || scheme.equals("wss")
                || (HTTP.contains(scheme)
                        && "websocket"
                                .equalsIgnoreCase(
                                        exchange.getRequest().getHeaders().getUpgrade()));
    }

    private static URI webSocket(URI target) {
        String scheme = switch (String.valueOf(target.getScheme())) {
            case "http" -> "ws";
            case "https" -> "wss";
            default -> target.getScheme();
        };
        return UriComponentsBuilder.fromUri(target).scheme(scheme).build(true).toUri();
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE - 3;
    }

    /** The session with upstream: once it stands, the client is upgraded, and frames go both ways until either ends. */
    private final class Upstream implements WebSocketHandler {
        private final ServerWebExchange exchange;
        private final List<String> offered;

        Upstream(ServerWebExchange exchange, List<String> offered) {
            this.exchange = exchange;
            this.offered = offered;
        }

        @Override
        public List<String> getSubProtocols() {
            return offered;
        }

        @Override
        public Mono<Void> handle(WebSocketSession upstream) {
            String chosen = upstream.getHandshakeInfo().getSubProtocol();
            // The upgrade is over long before the session is.
            Sinks.Empty<Void> over = Sinks.empty();
            Mono<Void> upgrade = service.handleRequest(agreed(chosen), new WebSocketHandler() {
                @Override
                public List<String> getSubProtocols() {
                    return chosen == null || chosen.isEmpty() ? List.of() : List.of(chosen);
                }

                @Override
                public Mono<Void> handle(WebSocketSession downstream) {
                    return joined(upstream, downstream).doFinally(signal -> over.tryEmitEmpty());
                }
            });
            return upgrade.then(over.asMono());
        }

        /** Spring compares whole lines, and a client may offer several subprotocols in one. */
        private ServerWebExchange agreed(@Nullable String chosen) {
            return chosen == null || chosen.isEmpty()
                    ? exchange
                    : exchange.mutate()
                            .request(request -> request.header(WebsocketRoutingFilter.SEC_WEBSOCKET_PROTOCOL, chosen))
                            .build();
        }
    }

    private static Mono<Void> joined(WebSocketSession upstream, WebSocketSession downstream) {
        return Mono.when(
                upstream.send(frames(downstream)),
                downstream.send(frames(upstream)),
                closing(upstream, downstream),
                closing(downstream, upstream));
    }

    private static Flux<WebSocketMessage> frames(WebSocketSession from) {
        return from.receive().doOnNext(WebSocketMessage::retain);
    }

    private static Mono<Void> closing(WebSocketSession from, WebSocketSession to) {
        return from.closeStatus().filter(status -> to.isOpen()).flatMap(status -> to.close(sendable(status)));
    }

    /** Some codes say that no close frame came, and must not stand in one (RFC 6455, section 7.4.1). */
    private static CloseStatus sendable(CloseStatus status) {
        return switch (status.getCode()) {
            case 1005 -> CloseStatus.NORMAL;
            case 1004, 1006, 1015 -> CloseStatus.SERVER_ERROR;
            default -> status;
        };
    }
}
