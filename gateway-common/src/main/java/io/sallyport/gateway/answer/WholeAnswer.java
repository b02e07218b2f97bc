package io.sallyport.gateway.answer;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.ReadOnlyHttpHeaders;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;

/** An answer that is one message. Whoever writes it takes over the content. */
public final class WholeAnswer {
    private final HttpResponseStatus status;
    /** Names and values by turns; the names in lower case where it is for HTTP/2. */
    private final AsciiString[] fields;

    private final ByteBuf content;

    WholeAnswer(int status, AsciiString[] fields, ByteBuf content) {
        this.status = HttpResponseStatus.valueOf(status);
        this.fields = fields;
        this.content = content;
    }

    /** The content; empty where there is none. */
    public ByteBuf content() {
        return content;
    }

    /** The message of HTTP/1.1. */
    public FullHttpResponse http1() {
        HttpHeaders headers = new ReadOnlyHttpHeaders(false, fields);
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                status,
                content,
                isCleaned() ? copy(headers) : headers,
                EmptyHttpHeaders.INSTANCE);
    }

    /** Whether Netty takes fields away that such a response may not have (RFC 9110, sections 8.6 and 15.3.6). */
    private boolean isCleaned() {
        return status.equals(HttpResponseStatus.NO_CONTENT) || status.equals(HttpResponseStatus.RESET_CONTENT);
    }

    private static HttpHeaders copy(HttpHeaders headers) {
        return DefaultHttpHeadersFactory.headersFactory()
                .withValidation(false)
                .newHeaders()
                .add(headers);
    }

    /** The field section of HTTP/2. */
    public Http2Headers http2() {
        return ReadOnlyHttp2Headers.serverHeaders(false, status.codeAsText(), fields);
    }
}
