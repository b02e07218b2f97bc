package io.sallyport.gateway;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpRouteHandlerMetadata;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * Puts the gate before the handler that Spring Boot registers last, for all requests: the handler that Boot routes to becomes
 * the gate's way to Spring.
 */
final class GateRoutes implements HttpServerRoutes {
    private final HttpServerRoutes delegate;
    private final Gate gate;

    GateRoutes(HttpServerRoutes delegate, Gate gate) {
        this.delegate = delegate;
        this.gate = gate;
    }

    @Override
    public HttpServerRoutes route(
            Predicate<? super HttpServerRequest> condition,
            BiFunction<? super HttpServerRequest, ? super HttpServerResponse, ? extends Publisher<Void>> handler) {
        delegate.route(condition, (request, response) -> gate.serve(request, response, handler));
        return this;
    }

    @Override
    public HttpServerRoutes directory(
            String uri, Path directory, @Nullable Function<HttpServerResponse, HttpServerResponse> interceptor) {
        delegate.directory(uri, directory, interceptor);
        return this;
    }

    @Override
    public HttpServerRoutes removeIf(Predicate<? super HttpRouteHandlerMetadata> condition) {
        delegate.removeIf(condition);
        return this;
    }

    @Override
    public HttpServerRoutes comparator(Comparator<HttpRouteHandlerMetadata> comparator) {
        delegate.comparator(comparator);
        return this;
    }

    @Override
    public HttpServerRoutes noComparator() {
        delegate.noComparator();
        return this;
    }

    @Override
    public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
        return delegate.apply(request, response);
    }
}
