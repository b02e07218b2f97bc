package io.sallyport.gateway;

import io.sallyport.cache.engine.Answer;
import io.sallyport.cache.engine.Customer;
import io.sallyport.cache.engine.HttpCache;
import io.sallyport.cache.engine.Plan;
import io.sallyport.cache.rule.CacheStatus;
import io.sallyport.gateway.answer.Call;
import io.sallyport.gateway.answer.ResponseWriter;
import io.sallyport.gateway.client.ClientConnection;
import io.sallyport.gateway.client.Drain;
import io.sallyport.gateway.fetch.Fetch;
import io.sallyport.gateway.hit.Decision;
import io.sallyport.gateway.hit.Decisions;
import io.sallyport.gateway.hit.Hits;
import io.sallyport.gateway.observe.ObservedAnswer;
import io.sallyport.gateway.observe.Observers;
import io.sallyport.gateway.observe.RequestIds;
import io.sallyport.gateway.request.ClientExchange;
import io.sallyport.gateway.request.ClientExchange.Outcome;
import io.sallyport.gateway.request.InternalFields;
import io.sallyport.gateway.request.ReceivedRequest;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.http.ResponseHead;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The gate before Spring: takes every request, answers what the cache can answer, fetches what it cannot, and hands the rest
 * on.
 */
final class Gate {
    private final GateProperties properties;
    private final Decisions decisions;
    private final HttpCache cache;
    private final Fetch fetch;
    private final ResponseWriter writer;
    private final Observers observers;
    private final Drain drain;
    private final RequestIds ids;
    private final Hits hits;

    Gate(
            GateProperties properties,
            Decisions decisions,
            HttpCache cache,
            Fetch fetch,
            ResponseWriter writer,
            Observers observers,
            Drain drain,
            RequestIds ids) {
        this.properties = properties;
        this.decisions = decisions;
        this.cache = cache;
        this.fetch = fetch;
        this.writer = writer;
        this.observers = observers;
        this.drain = drain;
        this.ids = ids;
        this.hits = new Hits(decisions, writer, observers, drain);
    }

    /** Answers a request, or hands it to Spring. */
    Publisher<Void> serve(
            HttpServerRequest request,
            HttpServerResponse response,
            BiFunction<? super HttpServerRequest, ? super HttpServerResponse, ? extends Publisher<Void>> spring) {
        ReceivedRequest received = ReceivedRequest.of(request);
        Decision known = hits.decided(received);
        Decision decision = known == null ? decisions.of(received, observers.nanoTime()) : known;
        if (drain.isDraining()) {
            response.keepAlive(false);
        }
        return new ObservedAnswer(answer(decision, request, response, spring), decision.exchange(), observers);
    }

    private Publisher<Void> answer(
            Decision decision,
            HttpServerRequest request,
            HttpServerResponse response,
            BiFunction<? super HttpServerRequest, ? super HttpServerResponse, ? extends Publisher<Void>> spring) {
        Call call = new Call(decision.exchange(), response);
        return switch (decision.plan()) {
            case Plan.Serve serve -> serve(call, serve);
            case Plan.ServeAndRevalidate stale ->
                mayBeStale(call) ? serveAndRefresh(call, stale) : refresh(call, stale);
            case Plan.Forward forward -> forward(call, forward, false);
            case Plan.Pass pass -> pass(call, request, spring);
            case Plan.Refuse refuse -> refuse(call, refuse);
        };
    }

    /** An edge that refreshes what it holds must not be given what is stale here (staleness would add up). */
    private boolean mayBeStale(Call call) {
        return properties.tier() == GateProperties.Tier.EDGE
                || !call.head().fields().contains(InternalFields.REFRESH);
    }

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

    private Publisher<Void> refresh(Call call, Plan.ServeAndRevalidate plan) {
        cache.store().release(plan.response());
        return forward(call, plan.refresh(), false);
    }

    private Publisher<Void> forward(Call call, Plan.Forward plan, boolean again) {
        Customer customer = ClientConnection.of(call.exchange().request()).customer();
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
                        call,
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
            Call call,
            HttpServerRequest request,
            BiFunction<? super HttpServerRequest, ? super HttpServerResponse, ? extends Publisher<Void>> spring) {
        ClientExchange exchange = call.exchange();
        return Mono.from(spring.apply(request, call.response()))
                .onErrorResume(late -> exchange.isMalformed(), late -> Mono.empty())
                .contextWrite(context -> context.put(ClientExchange.class, exchange));
    }

    private Publisher<Void> refuse(Call call, Plan.Refuse plan) {
        if (drain.isOver() && properties.tier() == GateProperties.Tier.REGIONAL) {
            call.response().header(InternalFields.DRAINING, "?1");
        }
        call.exchange().outcome(Outcome.REFUSED);
        return writer.refusal(call, plan);
    }

    private String tier() {
        return properties.tier().label();
    }
}
