package io.sallyport.gateway.management;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Writes what the management port answers by itself, as JSON. */
final class ManagementAnswers {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ManagementAnswers() {}

    /** Why nothing was done. */
    record Refused(String error) {}

    static Mono<Void> write(ServerWebExchange exchange, HttpStatus status, Object answer) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(status);
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        byte[] bytes = JSON.writeValueAsBytes(answer);
        response.getHeaders().setContentLength(bytes.length);
        DataBuffer buffer = response.bufferFactory().wrap(bytes);
        return response.writeWith(Mono.just(buffer));
    }
}
