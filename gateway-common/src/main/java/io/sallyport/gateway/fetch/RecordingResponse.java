package io.sallyport.gateway.fetch;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.sallyport.gateway.request.TraceContext;
import io.sallyport.gateway.upstream.FetchExchange;
import io.sallyport.gateway.upstream.SpringFields;
import io.sallyport.gateway.upstream.UpstreamFields;
import io.sallyport.http.Fields;
import io.sallyport.http.ResponseHead;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The response of a {@link DetachedRequest}: hands head and content to the fill instead of to a connection. */
public final class RecordingResponse extends AbstractServerHttpResponse {
    private static final NettyDataBufferFactory BUFFERS = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);

    private final FetchExchange exchange;

    RecordingResponse(FetchExchange exchange) {
        super(BUFFERS);
        this.exchange = exchange;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T> T getNativeResponse() {
        return (T) TrailerSink.INSTANCE;
    }

    @Override
    protected Mono<Void> writeWithInternal(Publisher<? extends DataBuffer> body) {
        return Mono.create(writer -> body.subscribe(exchange.content(writer)));
    }

    @Override
    protected Mono<Void> writeAndFlushWithInternal(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return writeWithInternal(Flux.from(body).concatMap(part -> part, 1));
    }

    @Override
    protected void applyStatusCode() {}

    @Override
    protected void applyHeaders() {
        exchange.head(head(this));
    }

    /** The head of a response as Spring has it. */
    public static ResponseHead head(ServerHttpResponse response) {
        HttpStatusCode status = response.getStatusCode();
        Fields.Builder fields = SpringFields.of(
                response.getHeaders(), name -> !UpstreamFields.isOfHttp2(name) && !TraceContext.is(name));
        response.getCookies()
                .values()
                .forEach(cookies -> cookies.forEach(cookie -> fields.add("Set-Cookie", cookie.toString())));
        return new ResponseHead(status == null ? 200 : status.value(), fields.build());
    }

    @Override
    protected void applyCookies() {}
}
