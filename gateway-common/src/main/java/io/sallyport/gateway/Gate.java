package io.sallyport.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;
import io.sallyport.cache.engine.Answer;
import io.sallyport.cache.engine.CachedRoute;
import io.sallyport.cache.engine.Customer;
import io.sallyport.cache.engine.HttpCache;
import io.sallyport.cache.engine.Plan;
import io.sallyport.cache.rule.CacheStatus;
import io.sallyport.cache.rule.CdnLoop;
import io.sallyport.cache.rule.HopByHop;
import io.sallyport.gateway.ClientExchange.Outcome;
import io.sallyport.gateway.ResolvedTargets.Resolved;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The gate before Spring: takes every request, answers what the cache can answer, fetches through Spring what it cannot, and
 * hands the rest on. Reads top to bottom in the order of a request: head, loop, admission, route, plan, answer.
 */
final class Gate {
    private final GateProperties properties;
    private final String cdnId;
    private final Admission admission;
    private final RouteTable routes;
    private final HttpCache cache;
    private final Fetch fetch;
    private final ResponseWriter writer;
    private final Observers observers;
    private final Drain drain;
    private final RequestIds ids;

    /** Cache-Status of refusals, which must cost less than hits. */
    private final AsciiString malformed;

    private final AsciiString looping;
    private final AsciiString notAdmitted;
    private final AsciiString draining;

    Gate(
            GateProperties properties,
            Admission admission,
            RouteTable routes,
            HttpCache cache,
            Fetch fetch,
            ResponseWriter writer,
            Observers observers,
            Drain drain,
            RequestIds ids) {
        this.properties = properties;
        this.cdnId = properties.cdnId();
        this.admission = admission;
        this.routes = routes;
        this.cache = cache;
        this.fetch = fetch;
        this.writer = writer;
        this.observers = observers;
        this.drain = drain;
        this.ids = ids;
        this.malformed = generated("target or Host malformed");
        this.looping = generated("loop");
        this.notAdmitted = generated("admission");
        this.draining = generated("draining");
    }

    /** Answers a request, or hands it to Spring. */
    Publisher<Void> serve(
            HttpServerRequest request,
            HttpServerResponse response,
            BiFunction<? super HttpServerRequest, ? super HttpServerResponse, ? extends Publisher<Void>> spring) {
        ClientExchange exchange = new ClientExchange(request, PeerNames.of(request), observers.nanoTime());
        if (ids.areKept()) {
            exchange.id(ids.of(request.requestHeaders()));
        }
        if (drain.isDraining()) {
            response.keepAlive(false);
        }
        return new ObservedAnswer(decide(exchange, request, response, spring), exchange, observers);
    }

    private Publisher<Void> decide(
            ClientExchange exchange,
            HttpServerRequest request,
            HttpServerResponse response,
            BiFunction<? super HttpServerRequest, ? super HttpServerResponse, ? extends Publisher<Void>> spring) {
        if (drain.isOver()) {
            if (properties.tier() == GateProperties.Tier.REGIONAL) {
                response.header(InternalFields.DRAINING, "?1");
            }
            return refuse(exchange, request, response, 503, draining);
        }
        Optional<RequestHead> read = RequestHeads.of(request, properties.tier());
        if (read.isEmpty()) {
            return refuse(exchange, request, response, 400, malformed);
        }
        // Keyed, matched and judged is what will be forwarded: without what the customer nominated for this hop only.
        RequestHead head = endToEnd(read.get());
        exchange.head(head);
        if (CdnLoop.loops(head.fields(), cdnId)) {
            return refuse(exchange, request, response, 508, looping);
        }
        OptionalInt refusal = admission.refuse(request, head);
        if (refusal.isPresent()) {
            return refuse(exchange, request, response, refusal.getAsInt(), notAdmitted);
        }
        Optional<Resolved> resolved = routes.resolve(head);
        if (resolved.isEmpty() || request.requestHeaders().contains(HttpHeaderNames.UPGRADE)) {
            return pass(exchange, request, response, spring);
        }
        CachedRoute route = resolved.get().route();
        exchange.route(route.id());
        Call call = new Call(exchange, request, response, head);
        boolean refresh = properties.tier() == GateProperties.Tier.REGIONAL
                && head.fields().contains(InternalFields.REFRESH);
        return switch (cache.plan(
                route, resolved.get().key(), head, RequestHeads.hasContent(request.requestHeaders()))) {
            case Plan.Serve serve -> serve(call, serve);
            case Plan.ServeAndRevalidate stale -> refresh ? refreshNow(call, stale) : serveAndRefresh(call, stale);
            case Plan.Forward forward -> forward(call, forward, false);
            case Plan.Pass ignored -> pass(exchange, request, response, spring);
            case Plan.Refuse(int status, String detail) ->
                refuse(exchange, request, response, status, generated(detail));
        };
    }

    private static RequestHead endToEnd(RequestHead received) {
        Fields fields = HopByHop.strip(received.fields());
        return fields.size() == received.fields().size() ? received : received.withFields(fields);
    }

    /** One customer request that a cached route took. */
    record Call(ClientExchange exchange, HttpServerRequest request, HttpServerResponse response, RequestHead head) {}

    private Publisher<Void> serve(Call call, Plan.Serve plan) {
        call.exchange().outcome(Outcome.HIT);
        return writer.hit(call, plan.response(), plan.age(), plan.ttl());
    }

    private Publisher<Void> serveAndRefresh(Call call, Plan.ServeAndRevalidate plan) {
        call.exchange().outcome(Outcome.STALE);
        cache.refresh(plan.refresh(), fetch.refreshing(plan.refresh().route(), call.exchange()));
        return writer.stored(
                call,
                plan.response(),
                plan.age(),
                CacheStatus.hit(tier(), plan.ttl()).detail("stale-while-revalidate"));
    }

    /** An edge that refreshes what it holds must not be given what is stale here (staleness would add up). */
    private Publisher<Void> refreshNow(Call call, Plan.ServeAndRevalidate plan) {
        cache.store().release(plan.response());
        return forward(call, plan.refresh(), false);
    }

    private Publisher<Void> forward(Call call, Plan.Forward plan, boolean again) {
        Customer customer = ClientConnection.of(call.request()).customer();
        long begin = observers.nanoTime();
        return cache.forward(plan, customer, fetch.through(plan.route(), call.exchange()))
                .doOnNext(answer -> observers.answered(answer, begin))
                .flatMap(answer -> Mono.from(answered(call, plan, answer, again)));
    }

    private Publisher<Void> answered(Call call, Plan.Forward plan, Answer answer, boolean again) {
        if (drain.isDraining()) {
            call.response().keepAlive(false);
        }
        return switch (answer) {
            case Answer.Fetched fetched -> fetched(call, plan, fetched);
            case Answer.Stored stored -> stored(call, plan, stored);
            case Answer.Apart(String reason) -> apart(call, plan, reason, again);
            case Answer.Failed failed -> {
                call.exchange().outcome(Outcome.MISS);
                call.exchange().failed(failed.failure().detail());
                yield writer.error(
                        call.request(),
                        call.response(),
                        call.exchange(),
                        failed.failure().kind().status(),
                        CacheStatus.fwd(tier(), plan.reason())
                                .detail(failed.failure().detail())
                                .render());
            }
        };
    }

    private Publisher<Void> fetched(Call call, Plan.Forward plan, Answer.Fetched answer) {
        call.exchange().outcome(answer.collapsed() ? Outcome.COLLAPSED : Outcome.MISS);
        if (answer.collapsed() && ids.areKept()) {
            String fill = ids.fillOf(answer);
            call.exchange().fill(fill == null ? "" : fill);
        }
        ResponseHead head = answer.head();
        CacheStatus status = CacheStatus.fwd(tier(), plan.reason());
        if (!plan.candidates().isEmpty()) {
            status = status.fwdStatus(head.status());
        }
        if (answer.stored()) {
            status = status.stored();
        }
        if (answer.collapsed()) {
            status = status.collapsed();
        }
        return writer.fetched(call, answer, status);
    }

    private Publisher<Void> stored(Call call, Plan.Forward plan, Answer.Stored answer) {
        CacheStatus status = switch (answer.how()) {
            case VALIDATED -> {
                call.exchange().outcome(Outcome.REVALIDATED);
                CacheStatus validated =
                        CacheStatus.fwd(tier(), plan.reason()).fwdStatus(304).ttl(answer.ttl());
                yield answer.collapsed() ? validated.collapsed() : validated;
            }
            case FETCHED_MEANWHILE -> {
                call.exchange().outcome(Outcome.COLLAPSED);
                yield CacheStatus.hit(tier(), answer.ttl());
            }
            case STALE_ON_ERROR -> {
                call.exchange().outcome(Outcome.STALE);
                yield CacheStatus.hit(tier(), answer.ttl()).detail("stale-if-error");
            }
        };
        return writer.stored(call, answer.response(), answer.age(), status);
    }

    /** The fill had nothing for this request: join the fill of its own variant once, else fetch for it alone. */
    private Publisher<Void> apart(Call call, Plan.Forward plan, String reason, boolean again) {
        Plan.Forward next = reason.equals("vary") && !again ? plan : plan.apart(plan.reason());
        return forward(call, next, true);
    }

    private Publisher<Void> pass(
            ClientExchange exchange,
            HttpServerRequest request,
            HttpServerResponse response,
            BiFunction<? super HttpServerRequest, ? super HttpServerResponse, ? extends Publisher<Void>> spring) {
        return Mono.from(spring.apply(request, response))
                .onErrorResume(late -> exchange.isMalformed(), late -> Mono.empty())
                .contextWrite(context -> context.put(ClientExchange.class, exchange));
    }

    private Publisher<Void> refuse(
            ClientExchange exchange,
            HttpServerRequest request,
            HttpServerResponse response,
            int status,
            CharSequence cacheStatus) {
        exchange.outcome(Outcome.REFUSED);
        return writer.error(request, response, exchange, status, cacheStatus);
    }

    private AsciiString generated(String detail) {
        return AsciiString.cached(CacheStatus.generated(tier()).detail(detail).render());
    }

    private String tier() {
        return properties.tier().label();
    }
}
