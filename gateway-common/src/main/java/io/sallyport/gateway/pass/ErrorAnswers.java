package io.sallyport.gateway.pass;

import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.gateway.upstream.Failures;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The errors of a pass, with the same map to status codes as the fills have. */
public final class ErrorAnswers implements ErrorWebExceptionHandler, Ordered {
    private static final Logger log = LoggerFactory.getLogger(ErrorAnswers.class);

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
        ServerHttpResponse response = exchange.getResponse();
        if (error instanceof AnsweredException) {
            return Mono.empty();
        }
        if (response.isCommitted()) {
            return Mono.error(error);
        }
        UpstreamFailure failure = Failures.of(error);
        exchange.getAttributes().put(UpstreamFailure.class.getName(), failure);
        HttpStatusCode status = status(error, failure);
        if (status.value() == 500) {
            log.error("event=pass-failed method={}", exchange.getRequest().getMethod(), error);
        }
        response.setStatusCode(status);
        response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
        HttpStatus known = HttpStatus.resolve(status.value());
        String text = status.value() + (known == null ? "" : " " + known.getReasonPhrase()) + "\n";
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        response.getHeaders().setContentLength(bytes.length);
        DataBuffer buffer = response.bufferFactory().wrap(bytes);
        return response.writeWith(Mono.just(buffer)).onErrorResume(AnsweredException.class, late -> Mono.empty());
    }

    private static HttpStatusCode status(Throwable error, UpstreamFailure failure) {
        return error instanceof ResponseStatusException known
                ? known.getStatusCode()
                : HttpStatusCode.valueOf(failure.kind().status());
    }

    @Override
    public int getOrder() {
        return -2;
    }
}
