package io.sallyport.gateway.fetch;

import io.sallyport.cache.engine.CachedRoute;
import io.sallyport.cache.engine.Upstream;
import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.gateway.observe.RequestIds;
import io.sallyport.gateway.observe.UpstreamMeters;
import io.sallyport.gateway.request.ClientExchange;
import io.sallyport.gateway.route.DirectRoute;
import io.sallyport.gateway.upstream.FetchExchange;
import io.sallyport.http.RequestHead;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.http.server.reactive.HttpHandler;

/**
 * Fetches through Spring: WebFilters, the route that matches, its filters and the routing filter do their work on a detached
 * request, and what comes goes to the fill. Where they would do nothing, it fetches from the gate directly.
 */
public final class Fetch {
    private final Supplier<HttpHandler> handler;
    private final Duration stallTimeout;
    private final UpstreamMeters meters;
    private final RequestIds ids;
    private final Function<CachedRoute, Optional<Direct>> direct;

    /** The way of a route past Spring. */
    record Direct(DirectRoute route, DirectFetch fetch) {}

    /**
     * A fetch.
     *
     * @param handler looked up at the first fetch, since it comes into being after the gate
     * @param stallTimeout how long upstream may send no content while it is asked for
     * @param meters count and time it
     * @param ids name it
     * @param direct the routes that may be fetched past Spring
     */
    public Fetch(
            Supplier<HttpHandler> handler,
            Duration stallTimeout,
            UpstreamMeters meters,
            RequestIds ids,
            Function<CachedRoute, Optional<Direct>> direct) {
        this.handler = handler;
        this.stallTimeout = stallTimeout;
        this.meters = meters;
        this.ids = ids;
        this.direct = direct;
    }

    /** The upstream of a route's fills, on behalf of a customer's request. */
    public Upstream through(CachedRoute route, ClientExchange asker) {
        return through(route, asker, FetchExchange.Purpose.CUSTOMER);
    }

    /** The upstream of a route's refreshes, which no customer waits for. */
    public Upstream refreshing(CachedRoute route, ClientExchange asker) {
        return through(route, asker, FetchExchange.Purpose.REFRESH);
    }

    private Upstream through(CachedRoute route, ClientExchange asker, FetchExchange.Purpose purpose) {
        String version = asker.version();
        return (request, sink) -> {
            String id = "";
            if (ids.areKept()) {
                id = ids.next();
                ids.remember(sink, id);
                if (purpose == FetchExchange.Purpose.CUSTOMER) {
                    asker.fill(id);
                }
            }
            FetchExchange.Origin origin = new FetchExchange.Origin(route.keyId(), version, purpose, id);
            Upstream spring =
                    (head, observed) -> fetch(new FetchExchange(origin, observed, stallTimeout), head, observed);
            Upstream chosen = direct.apply(route)
                    .map(past -> past.fetch().through(past.route(), origin, spring))
                    .orElse(spring);
            return meters.observing(route.id(), chosen).fetch(request, sink);
        };
    }

    private Upstream.Exchange fetch(FetchExchange exchange, RequestHead head, Upstream.Sink sink) {
        DetachedRequest request;
        try {
            request = new DetachedRequest(head);
        } catch (IllegalArgumentException notAUri) {
            sink.failed(new UpstreamFailure(UpstreamFailure.Kind.PROTOCOL, "target is not a URI"));
            return exchange;
        }
        exchange.running(handler.get()
                .handle(request, new RecordingResponse(exchange))
                .contextWrite(context -> context.put(FetchExchange.class, exchange))
                .subscribe(nothing -> {}, exchange::fail, exchange::finished));
        return exchange;
    }
}
