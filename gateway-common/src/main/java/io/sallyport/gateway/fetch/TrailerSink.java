package io.sallyport.gateway.fetch;

import java.lang.reflect.Proxy;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The native response of a fill, which has none: Spring Cloud Gateway writes trailer fields to it, and they end here, since a
 * cache need not keep them (RFC 9110, section 6.5.1).
 */
final class TrailerSink {
    static final HttpServerResponse INSTANCE = (HttpServerResponse) Proxy.newProxyInstance(
            TrailerSink.class.getClassLoader(),
            new Class<?>[] {HttpServerResponse.class},
            (proxy, method, arguments) -> {
                if (method.getName().equals("trailerHeaders")) {
                    return proxy;
                }
                throw new UnsupportedOperationException("a fill has no native response: " + method.getName());
            });

    private TrailerSink() {}
}
