package io.sallyport.gateway.pass;

import io.sallyport.cache.engine.CachedRoute;
import io.sallyport.cache.engine.HttpCache;
import io.sallyport.cache.engine.PostRecording;
import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.cache.rule.CacheStatus;
import io.sallyport.gateway.client.Drain;
import io.sallyport.gateway.fetch.RecordingResponse;
import io.sallyport.gateway.observe.UpstreamMeters;
import io.sallyport.gateway.request.ClientExchange;
import io.sallyport.gateway.request.InternalFields;
import io.sallyport.gateway.route.RouteTable;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.gateway.upstream.FetchExchange;
import io.sallyport.gateway.upstream.UpstreamFields;
import io.sallyport.http.RequestHead;
import java.net.URI;
import java.util.Optional;
import org.reactivestreams.Publisher;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * What a pass needs on its way through Spring, outermost: the response's own fields, the count of what was sent, and an
 * origin's break-off kept apart from the customer's own leaving, which Spring would take it for.
 */
public final class PassFilter implements WebFilter, Ordered {
    private final GateProperties properties;
    private final RouteTable routes;
    private final HttpCache cache;
    private final Drain drain;
    private final UpstreamMeters meters;

    public PassFilter(
            GateProperties properties, RouteTable routes, HttpCache cache, Drain drain, UpstreamMeters meters) {
        this.properties = properties;
        this.routes = routes;
        this.cache = cache;
        this.drain = drain;
        this.meters = meters;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return Mono.deferContextual(context -> {
            FetchExchange fetch = context.getOrDefault(FetchExchange.class, null);
            if (fetch != null) {
                exchange.getAttributes().put(FetchExchange.class.getName(), fetch);
                return chain.filter(exchange);
            }
            ClientExchange pass = context.getOrDefault(ClientExchange.class, null);
            if (pass == null) {
                return chain.filter(exchange);
            }
            exchange.getAttributes().put(ClientExchange.class.getName(), pass);
            RequestHead head = pass.head();
            Optional<PostRecording> recording = head == null ? Optional.empty() : recording(head);
            recording.ifPresent(begun -> exchange.getAttributes().put(PostRecording.class.getName(), begun));
            long begin = System.nanoTime();
            exchange.getResponse().beforeCommit(() -> {
                if (isAnswered(exchange)) {
                    return Mono.error(answered(pass));
                }
                sign(exchange, pass);
                measure(exchange, pass, System.nanoTime() - begin);
                return Mono.empty();
            });
            return chain.filter(exchange.mutate()
                            .request(request(exchange.getRequest(), pass))
                            .response(new Counted(exchange.getResponse(), pass, recording))
                            .build())
                    .onErrorMap(
                            IllegalStateException.class, error -> overtaken(exchange, pass) ? answered(pass) : error);
        });
    }

    /** Whether Reactor Netty answered, on the client's event loop, while this response was about to be sent from another. */
    private static boolean overtaken(ServerWebExchange exchange, ClientExchange pass) {
        return pass.contentBytes() == 0 && isAnswered(exchange);
    }

    private static AnsweredException answered(ClientExchange pass) {
        pass.malformed();
        return new AnsweredException();
    }

    /** Whether Reactor Netty has answered already, as it does where it cannot decode the client's content. */
    private static boolean isAnswered(ServerWebExchange exchange) {
        return ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse())
                        instanceof HttpServerResponse response
                && response.hasSentHeaders();
    }

    /** Where the request target was in absolute form, Spring gets what that says, not what Host says. */
    private static ServerHttpRequest request(ServerHttpRequest request, ClientExchange pass) {
        RequestHead head = pass.head();
        if (head == null || pass.request().uri().startsWith("/")) {
            return request;
        }
        return request.mutate()
                .uri(URI.create(head.targetUri()))
                .header(HttpHeaders.HOST, head.authority())
                .build();
    }

    /** What a POST brings may answer a later GET, if Spring takes the POST where it would take the GET. */
    private Optional<PostRecording> recording(RequestHead head) {
        if (!head.method().equals("POST")) {
            return Optional.empty();
        }
        Optional<CachedRoute> own = routes.match(head);
        return routes.match(head.withMethod("GET"))
                .filter(route -> own.isPresent() && own.get().id().equals(route.id()))
                .flatMap(route -> cache.record(route, head));
    }

    /** What copies the response of this exchange into the store. */
    static Optional<PostRecording> recording(ServerWebExchange exchange) {
        return Optional.ofNullable(exchange.getAttribute(PostRecording.class.getName()));
    }

    private void sign(ServerWebExchange exchange, ClientExchange pass) {
        if (drain.isDraining()
                && ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse())
                        instanceof HttpServerResponse response) {
            response.keepAlive(false);
        }
        HttpHeaders headers = exchange.getResponse().getHeaders();
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        pass.status(status == null ? 200 : status.value());
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        if (route != null) {
            pass.route(route.getId());
        }
        recording(exchange).ifPresent(recording -> recording.head(RecordingResponse.head(exchange.getResponse())));
        headers.headerNames().stream()
                .filter(name -> InternalFields.is(name) || UpstreamFields.isOfHttp2(name))
                .toList()
                .forEach(headers::remove);
        String method = exchange.getRequest().getMethod().name();
        boolean safe = method.equals("GET") || method.equals("HEAD");
        CacheStatus forwarded = CacheStatus.fwd(properties.tier().label(), safe ? "bypass" : "method");
        UpstreamFailure failure = exchange.getAttribute(UpstreamFailure.class.getName());
        if (failure != null) {
            pass.failed(failure.detail());
        }
        headers.add(
                "Cache-Status",
                (failure == null ? forwarded.fwdStatus(pass.status()) : forwarded.detail(failure.detail())).render());
    }

    /** What no route took was answered here, and upstream had no part in it. */
    private void measure(ServerWebExchange exchange, ClientExchange pass, long nanos) {
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        if (route != null) {
            UpstreamFailure failure = exchange.getAttribute(UpstreamFailure.class.getName());
            meters.passed(route.getId(), nanos, pass.status(), failure);
        }
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    private static final class Counted extends ServerHttpResponseDecorator {
        private final ClientExchange pass;
        private final Optional<PostRecording> recording;

        Counted(ServerHttpResponse delegate, ClientExchange pass, Optional<PostRecording> recording) {
            super(delegate);
            this.pass = pass;
            this.recording = recording;
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            Mono<Void> written = super.writeWith(watched(body).doOnNext(this::record));
            return recording
                    .map(begun ->
                            written.doOnSuccess(nothing -> begun.complete()).doFinally(signal -> begun.end()))
                    .orElse(written);
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            return super.writeAndFlushWith(
                    Flux.from(body).map(this::watched).onErrorMap(error -> new PassBrokenException(error)));
        }

        private void record(DataBuffer buffer) {
            recording.ifPresent(begun -> begun.data(NettyDataBufferFactory.toByteBuf(buffer)));
        }

        private Flux<DataBuffer> watched(Publisher<? extends DataBuffer> body) {
            return Flux.<DataBuffer>from(body)
                    .doOnNext(buffer -> pass.sent(buffer.readableByteCount()))
                    .onErrorMap(error -> new PassBrokenException(error));
        }
    }
}
