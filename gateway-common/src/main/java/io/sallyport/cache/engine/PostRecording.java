package io.sallyport.cache.engine;

import io.netty.buffer.ByteBuf;
import io.sallyport.cache.CacheKey;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.rule.StoringRule;
import io.sallyport.cache.rule.StoringRule.Storability.NotStorable;
import io.sallyport.cache.rule.StoringRule.Storability.Storable;
import io.sallyport.cache.store.ResponseStore;
import io.sallyport.cache.store.SegmentedBody;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A response to POST on its way to the customer, copied for later requests with GET or HEAD (RFC 9110, section 9.3.3). It
 * looks on: neither the request nor the response waits for it. For one exchange; calls come one after the other.
 */
public final class PostRecording {
    private final ResponseStore store;
    private final InstantSource clock;
    private final CachedRoute route;
    private final CacheKey key;
    private final RequestHead request;
    private final Instant requestTime;
    private long generation;
    private boolean settled;
    private boolean over;
    private @Nullable Storable storable;
    private @Nullable SegmentedBody body;

    PostRecording(ResponseStore store, InstantSource clock, CachedRoute route, CacheKey key, RequestHead request) {
        this.store = store;
        this.clock = clock;
        this.route = route;
        this.key = key;
        this.request = request;
        this.requestTime = clock.instant();
        this.generation = store.sequence();
    }

    /** The head came; its fields without those that the gate adds for the customer. */
    public void head(ResponseHead response) {
        switch (StoringRule.judge(request, response, requestTime, clock.instant(), route.policy())) {
            case Storable verdict -> storable = over ? null : verdict;
            case NotStorable verdict -> end();
        }
        completeWhenWhole();
    }

    /**
     * Makes invalid what is stored under the keys that the response has changed (RFC 9111, section 4.4). What it brings
     * itself is newer, unless another purge has covered its key since the request was sent.
     */
    void invalidate(List<CacheKey> changed) {
        for (CacheKey each : changed) {
            if (each.equals(key)) {
                store.supersede(key, generation).ifPresentOrElse(own -> generation = own, this::end);
            } else {
                store.invalidate(each);
            }
        }
        settled = true;
        completeWhenWhole();
    }

    /** Some content, lent for the duration of the call. */
    public void data(ByteBuf content) {
        if (over) {
            return;
        }
        SegmentedBody growing = body;
        if (growing == null) {
            if (!store.hasRoom()) {
                end();
                return;
            }
            growing = store.newBody(OptionalLong.empty());
            body = growing;
        }
        if (growing.length() + content.readableBytes()
                > Math.min(route.policy().maxObjectBytes(), store.maxObjectBytes())) {
            end();
            return;
        }
        growing.append(content);
        completeWhenWhole();
    }

    /** Where the length tells which byte is the last one, whoever has all of it finds it stored. */
    private void completeWhenWhole() {
        Storable verdict = storable;
        SegmentedBody whole = body;
        if (settled
                && verdict != null
                && whole != null
                && verdict.head().fields().contains("Content-Length")
                && isWhole(verdict, whole)) {
            complete();
        }
    }

    /** The message is complete. */
    public void complete() {
        Storable verdict = storable;
        SegmentedBody whole = body;
        if (verdict != null && whole != null && isWhole(verdict, whole)) {
            whole.complete();
            store.put(new StoredResponse(
                    key, verdict.variant(), verdict.head(), verdict.freshness(), verdict.tags(), generation, whole));
        }
        end();
    }

    private static boolean isWhole(Storable verdict, SegmentedBody whole) {
        return verdict.head()
                .fields()
                .first("Content-Length")
                .map(length -> length.equals(Long.toString(whole.length())))
                .orElse(true);
    }

    /** Nothing more is wanted, however far it has come. */
    public void end() {
        over = true;
        storable = null;
        SegmentedBody copied = body;
        if (copied != null) {
            body = null;
            copied.release();
        }
    }
}
