package io.sallyport.cache.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.rule.CacheKeys;
import io.sallyport.cache.store.MemoryStore;
import io.sallyport.cache.store.SegmentedBody;
import io.sallyport.cache.store.StoreEvents;
import io.sallyport.cache.store.StoreLimits;
import io.sallyport.http.Fields;
import io.sallyport.http.HttpDate;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** A cache over a memory store, with time, customers and upstream moved by hand on one thread. */
final class CacheUnderTest implements AutoCloseable {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    final MemoryStore store;
    final List<Exchange> exchanges = new ArrayList<>();
    private final Queue<Runnable> loop = new ArrayDeque<>();
    private final CachedRoute route;
    private HttpCache cache;
    private Instant now = START;

    CacheUnderTest(CachePolicy policy) {
        route = new CachedRoute("route", "route@1", policy);
        store = new MemoryStore(
                new StoreLimits(4 << 20, 1 << 20),
                () -> Duration.between(START, now).toNanos(),
                () -> now,
                StoreEvents.NONE);
        cache = new HttpCache(store, () -> now);
    }

    /** One request that went upstream. */
    static final class Exchange implements Upstream.Exchange {
        final RequestHead request;
        final Upstream.Sink sink;
        boolean cancelled;

        Exchange(RequestHead request, Upstream.Sink sink) {
            this.request = request;
            this.sink = sink;
        }

        @Override
        public void resume() {}

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    /** A customer's request that the cache sends forward, and what it gets. */
    static final class Asked {
        @Nullable
        Answer answer;

        @Nullable
        Disposable leaving;

        Answer answer() {
            return Objects.requireNonNull(answer, "no answer yet");
        }
    }

    void passes(Duration time) {
        now = now.plus(time);
    }

    /** As after a restart over the same store: what the cache has learned besides is gone. */
    void forgets() {
        cache = new HttpCache(store, () -> now);
    }

    Plan plan(String method, String... fields) {
        return cache.plan(route, new RequestHead(method, "https", "a.example", "/a", null, Fields.of(fields)), false);
    }

    Asked asks(String... fields) {
        Plan plan = plan("GET", fields);
        if (!(plan instanceof Plan.Forward forward)) {
            throw new AssertionError("must go forward: " + plan);
        }
        return goesForward(forward);
    }

    /** Carries out a plan that was made before. */
    Asked goesForward(Plan.Forward forward) {
        Asked asked = new Asked();
        asked.leaving = cache.forward(forward, new Customer(loop::add, head -> {}), upstream())
                .subscribe(answer -> asked.answer = answer);
        run();
        return asked;
    }

    void leaves(Asked asked) {
        Objects.requireNonNull(asked.leaving).dispose();
        run();
    }

    void invalidates() {
        cache.invalidate(CacheKeys.of(
                route.keyId(),
                new RequestHead("GET", "https", "a.example", "/a", null, Fields.empty()),
                route.policy()));
    }

    void refreshes(Plan.Forward plan) {
        cache.refresh(plan, upstream());
        run();
    }

    Upstream upstream() {
        return (request, sink) -> {
            Exchange exchange = new Exchange(request, sink);
            exchanges.add(exchange);
            return exchange;
        };
    }

    /** Upstream answers its newest request with a whole response; Date is now. */
    void answers(int status, String content, String... fields) {
        begins(status, fields);
        if (!content.isEmpty()) {
            brings(content);
        }
        exchanges.getLast().sink.complete();
        run();
    }

    /** Upstream sends the head of an answer to its newest request; Date is now. */
    void begins(int status, String... fields) {
        exchanges
                .getLast()
                .sink
                .head(new ResponseHead(status, Fields.of(fields).with("Date", HttpDate.format(now))), true);
        run();
    }

    /** Upstream sends a part of the content. */
    void brings(String content) {
        ByteBuf bytes = Unpooled.copiedBuffer(content, StandardCharsets.US_ASCII);
        exchanges.getLast().sink.data(bytes);
        bytes.release();
        run();
    }

    void fails() {
        exchanges.getLast().sink.failed(new UpstreamFailure(UpstreamFailure.Kind.DISCONNECT, "broken"));
        run();
    }

    /** The content that a customer gets, or why it gets none. */
    String told(Asked asked) {
        return switch (asked.answer()) {
            case Answer.Fetched fetched -> fetched.head().status() + " " + read(fetched.content());
            case Answer.Stored stored -> {
                String text = stored.how() + " " + content(stored.response());
                store.release(stored.response());
                yield text;
            }
            case Answer.Apart(String reason) -> "apart: " + reason;
            case Answer.Failed failed -> "failed";
        };
    }

    private String read(ContentReader content) {
        StringBuilder text = new StringBuilder();
        Flux.from(content).subscribe(bytes -> {
            text.append(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        });
        run();
        return text.toString();
    }

    static String content(StoredResponse stored) {
        SegmentedBody body = SegmentedBody.of(stored);
        ByteBuf slice = body.slice(0, (int) body.length());
        String text = slice.toString(StandardCharsets.US_ASCII);
        slice.release();
        return text;
    }

    private void run() {
        for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
            task.run();
        }
    }

    @Override
    public void close() {
        store.clear();
    }
}
