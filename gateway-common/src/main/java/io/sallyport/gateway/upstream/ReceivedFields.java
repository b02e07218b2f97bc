package io.sallyport.gateway.upstream;

import io.sallyport.cache.rule.HopByHop;
import io.sallyport.http.Fields;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;

/**
 * The one place where the fields of a received response are decided, for fills and passes alike: those of the connection
 * end here. A response in a transfer coding that was not asked for is refused, since its content could be neither decoded
 * nor delimited (RFC 9112, section 6.1).
 */
public final class ReceivedFields implements HttpHeadersFilter {
    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        boolean chunked = false;
        for (String coding : input.getOrEmpty(HttpHeaders.TRANSFER_ENCODING)) {
            if (!coding.strip().equalsIgnoreCase("chunked")) {
                throw new ResponseStatusException(HttpStatus.BAD_GATEWAY, "transfer coding not understood");
            }
            chunked = true;
        }
        Fields kept = HopByHop.strip(SpringFields.of(input, name -> true).build());
        // Content that comes in chunks has the length that the chunks have (RFC 9112, section 6.3).
        return SpringFields.headers(chunked ? kept.without("content-length"::equalsIgnoreCase) : kept);
    }

    @Override
    public boolean supports(Type type) {
        return type == Type.RESPONSE;
    }
}
