package io.sallyport.gateway.fetch;

import io.sallyport.gateway.upstream.SpringFields;
import io.sallyport.http.RequestHead;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Flux;

/** A request that belongs to no customer's connection: what Spring's handler sees when a fill fetches. It has no content. */
final class DetachedRequest extends AbstractServerHttpRequest {
    DetachedRequest(RequestHead head) {
        super(
                HttpMethod.valueOf(head.method()),
                URI.create(head.targetUri()),
                null,
                SpringFields.headers(head.fields()));
    }

    @Override
    protected MultiValueMap<String, HttpCookie> initCookies() {
        // The Cookie field is handed on as it is; nothing in the chain reads it.
        return new LinkedMultiValueMap<>();
    }

    @Override
    protected @Nullable SslInfo initSslInfo() {
        return null;
    }

    @Override
    public Flux<DataBuffer> getBody() {
        return Flux.empty();
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals")
    public <T> T getNativeRequest() {
        throw new IllegalStateException("a fill's request has no native counterpart");
    }
}
