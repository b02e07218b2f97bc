package io.sallyport.gateway.request;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The head of a request as it came, before anything of it is believed.
 *
 * @param channel what the answer goes to: the connection, or in HTTP/2 the stream
 * @param method the method
 * @param uri the request target
 * @param version the version of HTTP
 * @param scheme the connection's scheme: {@code https} or {@code http}
 * @param headers the fields
 */
public record ReceivedRequest(
        Channel channel, HttpMethod method, String uri, HttpVersion version, String scheme, HttpHeaders headers) {
    /** What Reactor Netty made an exchange of. */
    public static ReceivedRequest of(HttpServerRequest request) {
        return new ReceivedRequest(
                ((Connection) request).channel(),
                request.method(),
                request.uri(),
                request.version(),
                request.scheme(),
                request.requestHeaders());
    }

    /** What came on a connection before there is an exchange. */
    public static ReceivedRequest of(Channel channel, HttpRequest request, String scheme) {
        return new ReceivedRequest(
                channel, request.method(), request.uri(), request.protocolVersion(), scheme, request.headers());
    }
}
