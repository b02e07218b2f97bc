package io.sallyport.cache.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sallyport.cache.CacheKey;
import io.sallyport.cache.Freshness;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.VariantKey;
import io.sallyport.http.Fields;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** A memory store whose time moves by hand, and the making of responses for it. */
final class StoreFixture {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    final AtomicLong nanos = new AtomicLong(-5_000_000_000L);
    final List<StoreEvents.Cause> removed = new ArrayList<>();
    final MemoryStore store;

    StoreFixture(long maxBytes) {
        this(maxBytes, maxBytes);
    }

    StoreFixture(long maxBytes, long maxObjectBytes) {
        long zero = nanos.get();
        store = new MemoryStore(
                new StoreLimits(maxBytes, maxObjectBytes),
                nanos::get,
                () -> START.plusNanos(nanos.get() - zero),
                (_, cause) -> {
                    synchronized (removed) {
                        removed.add(cause);
                    }
                });
    }

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    static CacheKey key(String path) {
        return key("h.example", path);
    }

    static CacheKey key(String host, String path) {
        return new CacheKey("r", "https", host, path, null);
    }

    static VariantKey variant(String language) {
        return new VariantKey(List.of(new VariantKey.Nominated("accept-language", language)));
    }

    static Freshness fresh() {
        return new Freshness(
                START, START, Duration.ZERO, Duration.ofHours(1), Duration.ZERO, Duration.ZERO, false, false);
    }

    /** A complete body of a pattern that its position and the seed give; the caller owns its reference. */
    SegmentedBody body(int seed, int length) {
        SegmentedBody body = store.newBody(OptionalLong.of(length));
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = pattern(seed, i);
        }
        ByteBuf source = Unpooled.wrappedBuffer(bytes);
        body.append(source);
        source.release();
        body.complete();
        return body;
    }

    static byte pattern(int seed, long position) {
        return (byte) (seed * 31L + position + (position >> 8));
    }

    StoredResponse response(CacheKey key, VariantKey variant, SegmentedBody body) {
        return new StoredResponse(
                key,
                variant,
                new ResponseHead(200, Fields.of("Content-Type", "text/plain", "ETag", "\"1\"")),
                fresh(),
                Set.of(),
                store.sequence(),
                body);
    }

    /** Stores a response and gives its filler's reference back. */
    StoredResponse put(CacheKey key, VariantKey variant, int length) {
        SegmentedBody body = body(key.hashCode(), length);
        StoredResponse response = response(key, variant, body);
        store.put(response);
        body.release();
        return response;
    }

    StoredResponse put(String path, int length) {
        return put(key(path), VariantKey.none(), length);
    }
}
