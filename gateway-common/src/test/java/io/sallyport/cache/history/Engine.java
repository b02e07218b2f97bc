package io.sallyport.cache.history;

import com.github.benmanes.caffeine.cache.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sallyport.cache.CacheKey;
import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.engine.Answer;
import io.sallyport.cache.engine.CachedRoute;
import io.sallyport.cache.engine.Customer;
import io.sallyport.cache.engine.FillLimits;
import io.sallyport.cache.engine.HttpCache;
import io.sallyport.cache.engine.Plan;
import io.sallyport.cache.engine.RefreshLimits;
import io.sallyport.cache.engine.Upstream;
import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.cache.rule.CacheKeys;
import io.sallyport.cache.rule.Invalidation;
import io.sallyport.cache.rule.Validation;
import io.sallyport.cache.store.MemoryStore;
import io.sallyport.cache.store.ResponseStore;
import io.sallyport.cache.store.SegmentedBody;
import io.sallyport.cache.store.StoreEvents;
import io.sallyport.cache.store.StoreLimits;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import reactor.core.publisher.Flux;

/** The real cache over a real store, driven as the gate drives it, with time moved by hand and an origin in memory. */
final class Engine {
    private final Queue<Runnable> loop = new ArrayDeque<>();
    private final Customer customer = new Customer(loop::add, head -> {});
    private final CachedRoute route;
    private final ResponseStore store;
    private HttpCache cache;
    private Instant now = HistoryMaker.START;
    private Duration ran = Duration.ZERO;

    Engine(CachePolicy policy) {
        Ticker ticker = () -> ran.toNanos();
        route = new CachedRoute("route", "route@1", policy);
        store = new MemoryStore(new StoreLimits(1 << 20, 1 << 16), ticker, () -> now, StoreEvents.NONE);
        cache = newCache();
    }

    /** The model knows no pauses after failures. */
    private HttpCache newCache() {
        return new HttpCache(
                store,
                () -> now,
                FillLimits.DEFAULT,
                new RefreshLimits(64, Duration.ZERO, Duration.ZERO),
                new Random());
    }

    void passes(long seconds) {
        now = now.plusSeconds(seconds);
        ran = ran.plusSeconds(seconds);
    }

    /** Whether the key of a request is marked as one whose responses may not be stored. */
    boolean isMarked(Step.Asks step) {
        RequestHead request = new RequestHead("GET", "http", "a.example", step.path(), null, step.fields());
        return store.isMarked(CacheKeys.of(route.keyId(), request, route.policy()));
    }

    Outcome asks(Step.Asks step) {
        RequestHead request = new RequestHead(step.method(), "http", "a.example", step.path(), null, step.fields());
        return switch (cache.plan(route, request, false)) {
            case Plan.Serve serve -> served(Outcome.Source.STORE, request, serve.response());
            case Plan.ServeAndRevalidate stale -> {
                cache.refresh(stale.refresh(), upstream(step.origin()));
                run();
                yield served(Outcome.Source.STORE_AND_REFRESH, request, stale.response());
            }
            case Plan.Forward forward -> forward(step, forward, false);
            case Plan.Pass ignored -> pass(step, request);
            case Plan.Refuse(int status, String ignored) -> new Outcome(Outcome.Source.ERROR, status, "");
        };
    }

    /** Forgets everything; the time is that of the start again. */
    void beginAnew() {
        store.clear();
        cache = newCache();
        now = HistoryMaker.START;
    }

    private Outcome forward(Step.Asks step, Plan.Forward plan, boolean again) {
        Queue<Answer> answers = new ArrayDeque<>();
        cache.forward(plan, customer, upstream(step.origin())).subscribe(answers::add);
        run();
        return switch (answers.remove()) {
            case Answer.Fetched fetched -> {
                boolean own = fetched.stored() || fetched.collapsed();
                String content = read(fetched);
                yield new Outcome(
                        Outcome.Source.ORIGIN,
                        own
                                ? status(plan.request(), fetched.head())
                                : fetched.head().status(),
                        content);
            }
            case Answer.Stored stored ->
                served(
                        stored.how() == Answer.Reused.VALIDATED
                                ? Outcome.Source.VALIDATED
                                : Outcome.Source.STALE_ON_ERROR,
                        plan.request(),
                        stored.response());
            case Answer.Apart(String reason) -> {
                Plan.Forward next = reason.equals("vary") && !again ? plan : plan.apart(plan.reason());
                yield forward(step, next, true);
            }
            case Answer.Failed failed ->
                new Outcome(Outcome.Source.ERROR, failed.failure().kind().status(), "");
        };
    }

    private Outcome pass(Step.Asks step, RequestHead request) {
        if (step.origin().fails()) {
            return new Outcome(Outcome.Source.ERROR, 502, "");
        }
        OriginModel.Answered answer = OriginModel.answer(step.origin(), step.method(), step.fields());
        for (String target : Invalidation.targets(request, new ResponseHead(answer.status(), answer.fields()))) {
            Invalidation.request(target).ifPresent(get -> {
                CacheKey key = CacheKeys.of(route.keyId(), get, route.policy());
                cache.invalidate(key);
            });
        }
        return new Outcome(Outcome.Source.ORIGIN, answer.status(), answer.content());
    }

    private Outcome served(Outcome.Source source, RequestHead request, StoredResponse response) {
        SegmentedBody body = SegmentedBody.of(response);
        String content = "";
        if (body.length() > 0) {
            ByteBuf slice = body.slice(0, (int) body.length());
            content = slice.toString(StandardCharsets.US_ASCII);
            slice.release();
        }
        store.release(response);
        return new Outcome(source, status(request, response.head()), content);
    }

    private static int status(RequestHead request, ResponseHead head) {
        return Validation.evaluate(request, head) == Validation.Precondition.NOT_MODIFIED ? 304 : head.status();
    }

    private String read(Answer.Fetched fetched) {
        StringBuilder content = new StringBuilder();
        Flux.from(fetched.content()).subscribe(bytes -> {
            content.append(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        });
        run();
        return content.toString();
    }

    private void run() {
        for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
            task.run();
        }
    }

    private static Upstream upstream(Step.Origin origin) {
        return (request, sink) -> {
            answer(origin, request, sink);
            return new Upstream.Exchange() {
                @Override
                public void resume() {}

                @Override
                public void cancel() {}
            };
        };
    }

    private static void answer(Step.Origin origin, RequestHead request, Upstream.Sink sink) {
        if (origin.fails()) {
            sink.failed(new UpstreamFailure(UpstreamFailure.Kind.DISCONNECT, "broken"));
            return;
        }
        OriginModel.Answered answer = OriginModel.answer(origin, request.method(), request.fields());
        Fields fields = answer.fields();
        if (answer.status() != 304 && answer.status() != 204) {
            fields = fields.with(
                    "Content-Length", Integer.toString(answer.content().length()));
        }
        sink.head(new ResponseHead(answer.status(), fields), true);
        if (!request.isHead() && !answer.content().isEmpty()) {
            ByteBuf content = Unpooled.copiedBuffer(answer.content(), StandardCharsets.US_ASCII);
            sink.data(content);
            content.release();
        }
        sink.complete();
    }
}
