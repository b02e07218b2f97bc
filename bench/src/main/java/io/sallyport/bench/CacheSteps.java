package io.sallyport.bench;

import com.github.benmanes.caffeine.cache.Ticker;
import io.netty.buffer.Unpooled;
import io.sallyport.cache.CacheKey;
import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.Freshness;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.VariantKey;
import io.sallyport.cache.rule.CacheControl;
import io.sallyport.cache.rule.CacheKeys;
import io.sallyport.cache.rule.ReuseRule;
import io.sallyport.cache.rule.ReuseRule.Reuse;
import io.sallyport.cache.rule.VariantSelection;
import io.sallyport.cache.store.MemoryStore;
import io.sallyport.cache.store.SegmentedBody;
import io.sallyport.cache.store.StoreEvents;
import io.sallyport.cache.store.StoreLimits;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the steps of an answer from the store cost, one by one. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CacheSteps {
    private static final int ASKED = 1024;

    /** How many responses are stored. */
    @Param({"1000", "100000", "1000000"})
    public int stored;

    private final CachePolicy policy = CachePolicy.of(CachePolicy.Mode.SECURE, List.of());
    private final Instant now = Instant.now();
    private final RequestHead[] requests = new RequestHead[ASKED];
    private final CacheKey[] keys = new CacheKey[ASKED];
    private final Fields directives = Fields.of("cache-control", "public, max-age=600, stale-while-revalidate=\"30\"");
    private final MemoryStore store = new MemoryStore(
            new StoreLimits(3L << 30, 1 << 20), Ticker.systemTicker(), InstantSource.system(), StoreEvents.NONE);
    private int next;

    /** Stores responses of 1 KiB. */
    @Setup
    public void fill() {
        for (int number = 0; number < stored; number++) {
            StoredResponse response = response(CacheKeys.of("all", request(number), policy));
            if (!store.put(response)) {
                throw new IllegalStateException("the store has no room for " + number + " responses");
            }
            SegmentedBody.of(response).release();
        }
        for (int number = 0; number < ASKED; number++) {
            requests[number] = request((int) ((long) number * stored / ASKED));
            keys[number] = CacheKeys.of("all", requests[number], policy);
        }
    }

    /** Gives the memory back. */
    @TearDown
    public void empty() {
        store.clear();
    }

    private static RequestHead request(int number) {
        return new RequestHead(
                "GET",
                "https",
                "www.example.com",
                "/assets/images/" + number + ".png",
                "v=3",
                Fields.of("accept", "*/*", "accept-encoding", "gzip, br", "user-agent", "bench"));
    }

    private StoredResponse response(CacheKey key) {
        SegmentedBody body = store.newBody(OptionalLong.of(1024));
        body.append(Unpooled.wrappedBuffer(new byte[1024]));
        body.complete();
        return new StoredResponse(
                key,
                VariantKey.none(),
                new ResponseHead(
                        200, Fields.of("cache-control", "max-age=3600", "etag", "\"a\"", "content-length", "1024")),
                new Freshness(now, now, Duration.ZERO, Duration.ofHours(1), Duration.ZERO, Duration.ZERO, false, false),
                Set.of(),
                store.sequence(),
                body);
    }

    private int turn() {
        next = (next + 1) & (ASKED - 1);
        return next;
    }

    /** The primary key of a request (RFC 9111, section 2). */
    @Benchmark
    public CacheKey key() {
        return CacheKeys.of("all", requests[turn()], policy);
    }

    /** The stored responses of a key. */
    @Benchmark
    public List<StoredResponse> lookUp() {
        return store.variants(keys[turn()]);
    }

    /** The stored response that a request selects (RFC 9111, section 4.1), and whether it may be reused (section 4). */
    @Benchmark
    public Optional<Reuse> reuse() {
        RequestHead request = requests[turn()];
        return VariantSelection.select(request, store.variants(keys[next]), now)
                .map(response -> ReuseRule.judge(request, response, now, policy));
    }

    /** The directives of a response (RFC 9111, section 5.2). */
    @Benchmark
    public CacheControl directives() {
        return CacheControl.of(directives);
    }
}
