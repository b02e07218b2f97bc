package io.sallyport.gateway.hit;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.sallyport.cache.engine.HttpCache;
import io.sallyport.cache.engine.Plan;
import io.sallyport.cache.rule.CdnLoop;
import io.sallyport.cache.rule.HopByHop;
import io.sallyport.gateway.client.Drain;
import io.sallyport.gateway.observe.RequestIds;
import io.sallyport.gateway.request.ClientExchange;
import io.sallyport.gateway.request.PeerNames;
import io.sallyport.gateway.request.ReceivedRequest;
import io.sallyport.gateway.request.RequestHeads;
import io.sallyport.gateway.route.ResolvedTargets.Resolved;
import io.sallyport.gateway.route.RouteTable;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import java.util.Optional;

/** Decides what is to become of a request. Reads in the order of its way: head, loop, admission, route, plan. */
public final class Decisions {
    private static final Plan MALFORMED = new Plan.Refuse(400, "target or Host malformed");
    private static final Plan LOOPING = new Plan.Refuse(508, "loop");
    private static final Plan DRAINING = new Plan.Refuse(503, "draining");
    private static final Plan NO_CACHED_ROUTE = new Plan.Pass("no cached route takes it");

    private final GateProperties properties;
    private final String cdnId;
    private final Admission admission;
    private final RouteTable routes;
    private final HttpCache cache;
    private final Drain drain;
    private final RequestIds ids;

    public Decisions(
            GateProperties properties,
            Admission admission,
            RouteTable routes,
            HttpCache cache,
            Drain drain,
            RequestIds ids) {
        this.properties = properties;
        this.cdnId = properties.cdnId();
        this.admission = admission;
        this.routes = routes;
        this.cache = cache;
        this.drain = drain;
        this.ids = ids;
    }

    /** What is to become of a request that came at this moment. */
    public Decision of(ReceivedRequest request, long nanoTime) {
        ClientExchange exchange = new ClientExchange(request, PeerNames.of(request.channel()), nanoTime);
        if (ids.areKept()) {
            exchange.id(ids.of(request.headers()));
        }
        return new Decision(exchange, plan(request, exchange));
    }

    private Plan plan(ReceivedRequest request, ClientExchange exchange) {
        if (drain.isOver()) {
            return DRAINING;
        }
        Optional<RequestHead> read = RequestHeads.of(request, properties.tier());
        if (read.isEmpty()) {
            return MALFORMED;
        }
        // Keyed, matched and judged is what will be forwarded: without what the customer nominated for this hop only.
        RequestHead head = endToEnd(read.get());
        exchange.head(head);
        if (CdnLoop.loops(head.fields(), cdnId)) {
            return LOOPING;
        }
        Plan.Refuse refusal = admission.refuse(request, head);
        if (refusal != null) {
            return refusal;
        }
        Optional<Resolved> resolved = routes.resolve(head);
        if (resolved.isEmpty() || request.headers().contains(HttpHeaderNames.UPGRADE)) {
            return NO_CACHED_ROUTE;
        }
        Resolved found = resolved.get();
        exchange.route(found.route().id());
        return cache.plan(found.route(), found.key(), head, RequestHeads.hasContent(request.headers()));
    }

    private static RequestHead endToEnd(RequestHead received) {
        Fields fields = HopByHop.strip(received.fields());
        return fields.size() == received.fields().size() ? received : received.withFields(fields);
    }

    /** Gives back what a decision holds that is not carried out. */
    void discard(Decision decision) {
        switch (decision.plan()) {
            case Plan.Serve serve -> cache.store().release(serve.response());
            case Plan.ServeAndRevalidate stale -> cache.store().release(stale.response());
            case Plan.Forward forward -> {}
            case Plan.Pass pass -> {}
            case Plan.Refuse refuse -> {}
        }
    }
}
