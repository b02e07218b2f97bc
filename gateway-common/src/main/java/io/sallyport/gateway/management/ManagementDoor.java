package io.sallyport.gateway.management;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.reactivestreams.Publisher;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Turns away who may not use the management port. Liveness and readiness are for everybody, since a kubelet has no
 * credentials; without them the answer is one word.
 */
final class ManagementDoor implements WebFilter, Ordered {
    private final ManagementAccess access;
    private final Set<String> probes;

    /**
     * A door.
     *
     * @param basePath of the actuator
     */
    ManagementDoor(ManagementAccess access, String basePath) {
        this.access = access;
        this.probes = Set.of(basePath + "/health/liveness", basePath + "/health/readiness");
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        exchange.getResponse().getHeaders().set("X-Content-Type-Options", "nosniff");
        if (access.mayPass(request)) {
            return chain.filter(exchange);
        }
        boolean read = request.getMethod().equals(HttpMethod.GET)
                || request.getMethod().equals(HttpMethod.HEAD);
        if (read && probes.contains(request.getPath().pathWithinApplication().value())) {
            return chain.filter(exchange.mutate()
                    .response(new OneWord(exchange.getResponse()))
                    .build());
        }
        HttpHeaders headers = exchange.getResponse().getHeaders();
        headers.add(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"sallyport\"");
        headers.add(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"sallyport\", charset=\"UTF-8\"");
        return ManagementAnswers.write(
                exchange,
                HttpStatus.UNAUTHORIZED,
                new ManagementAnswers.Refused(
                        "a token (Bearer, or the password of Basic) or a client certificate is needed"));
    }

    /** The status of a probe without its details. */
    private static final class OneWord extends ServerHttpResponseDecorator {
        OneWord(ServerHttpResponse response) {
            super(response);
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            HttpStatusCode status = getStatusCode();
            String word = status == null || status.is2xxSuccessful() ? "UP" : "DOWN";
            byte[] octets = ("{\"status\":\"" + word + "\"}").getBytes(StandardCharsets.US_ASCII);
            getHeaders().setContentLength(octets.length);
            return Flux.from(body)
                    .doOnNext(DataBufferUtils::release)
                    .then(Mono.defer(
                            () -> super.writeWith(Mono.just(bufferFactory().wrap(octets)))));
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            return writeWith(Flux.from(body).concatMap(part -> part));
        }
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
