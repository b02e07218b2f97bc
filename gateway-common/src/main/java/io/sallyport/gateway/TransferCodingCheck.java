package io.sallyport.gateway;

import java.util.List;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;

/**
 * Refuses a response in a transfer coding that was not asked for: its content could be neither decoded nor delimited
 * (RFC 9112, section 6.1).
 */
final class TransferCodingCheck implements HttpHeadersFilter, Ordered {
    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        List<String> codings = input.getOrEmpty(HttpHeaders.TRANSFER_ENCODING);
        for (String coding : codings) {
            if (!coding.strip().equalsIgnoreCase("chunked")) {
                throw new ResponseStatusException(HttpStatus.BAD_GATEWAY, "transfer coding not understood");
            }
        }
        return input;
    }

    @Override
    public boolean supports(Type type) {
        return type == Type.RESPONSE;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
