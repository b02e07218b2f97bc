package io.sallyport.cache.store;

import static io.sallyport.cache.store.StoreFixture.key;
import static io.sallyport.cache.store.StoreFixture.variant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.util.internal.PlatformDependent;
import io.sallyport.cache.Freshness;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.VariantKey;
import io.sallyport.http.Fields;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryStoreTests {
    private final StoreFixture fixture = new StoreFixture(8 << 20, 1 << 20);
    private final MemoryStore store = fixture.store;

    @AfterEach
    void clearingReturnsAllMemory() {
        store.clear();
        assertThat(store.allocator().usedBytes()).isZero();
        assertThat(store.usage()).isEqualTo(new StoreUsage(0, 0, 8 << 20));
    }

    @Test
    void whatWasPutIsFoundAndCanBeRead() {
        StoredResponse stored = fixture.put("/a", 100_000);
        assertThat(store.variants(key("/a"))).containsExactly(stored);
        assertThat(store.variants(key("/b"))).isEmpty();
        assertThat(store.retain(stored)).isTrue();
        ByteBuf slice = SegmentedBody.of(stored).slice(70_000, 1);
        assertThat(slice.readByte()).isEqualTo(StoreFixture.pattern(key("/a").hashCode(), 70_000));
        slice.release();
        store.release(stored);
    }

    @Test
    void aResponseReplacesItsVariantOnly() {
        StoredResponse de = fixture.put(key("/a"), variant("de"), 10);
        StoredResponse en = fixture.put(key("/a"), variant("en"), 10);
        StoredResponse newer = fixture.put(key("/a"), variant("de"), 20);
        assertThat(store.variants(key("/a"))).containsExactly(newer, en);
        assertThat(store.retain(de)).isFalse();
        assertThat(store.usage().entries()).isEqualTo(2);
        assertThat(fixture.removed).containsExactly(StoreEvents.Cause.REPLACED);
    }

    @Test
    void theOldestOf65VariantsIsDropped() {
        for (int i = 0; i < 65; i++) {
            fixture.put(key("/a"), variant("v" + i), 10);
        }
        List<StoredResponse> variants = store.variants(key("/a"));
        assertThat(variants).hasSize(64);
        assertThat(variants.getFirst().variant()).isEqualTo(variant("v64"));
        assertThat(variants.getLast().variant()).isEqualTo(variant("v1"));
        assertThat(store.allocator().usedBytes()).isEqualTo(640);
    }

    @Test
    void puttingTheSameResponseTwiceStoresItOnce() {
        SegmentedBody body = fixture.body(1, 10);
        StoredResponse response = fixture.response(key("/a"), VariantKey.none(), body);
        assertThat(store.put(response)).isTrue();
        assertThat(store.put(response)).isTrue();
        body.release();
        assertThat(store.variants(key("/a"))).containsExactly(response);
        assertThat(store.invalidate(key("/a"))).isTrue();
        assertThat(store.allocator().usedBytes()).isZero();
    }

    @Test
    void textsThatResponsesHaveAlikeAreKeptOnce() {
        Fields first = keptWith("/a", "text/", "html", "x".repeat(200));
        Fields second = keptWith("/b", "text/ht", "ml", "x".repeat(200));
        assertThat(second).isEqualTo(first);
        assertThat(second.name(0)).isSameAs(first.name(0));
        assertThat(second.value(0)).isSameAs(first.value(0));
        assertThat(second.value(1)).as("long ones are not looked for").isNotSameAs(first.value(1));
        for (int i = 0; i < 10_000; i++) {
            assertThat(keptWith("/c", "etag-", Integer.toString(i), "").value(0))
                    .isEqualTo("etag-" + i);
        }
    }

    private Fields keptWith(String path, String start, String end, String more) {
        SegmentedBody body = fixture.body(1, 10);
        StoredResponse response = fixture.response(key(path), VariantKey.none(), body);
        Fields fields = Fields.of("X-".concat("Type"), start.concat(end), "X-More", more);
        store.put(response.freshened(new ResponseHead(200, fields), response.freshness(), 0));
        body.release();
        return store.variants(key(path)).getFirst().head().fields();
    }

    @Test
    void aFreshenedResponseTakesOverTheBody() {
        StoredResponse old = fixture.put("/a", 10);
        StoredResponse freshened =
                old.freshened(new ResponseHead(200, Fields.of("ETag", "\"2\"")), StoreFixture.fresh(), 0);
        assertThat(store.replace(old, freshened)).isTrue();
        assertThat(store.variants(key("/a"))).containsExactly(freshened);
        assertThat(fixture.removed).isEmpty();
        assertThat(store.invalidate(key("/a"))).isTrue();
        assertThat(store.retain(freshened)).isFalse();
        assertThat(store.replace(old, freshened)).isFalse();
        assertThat(store.variants(key("/a"))).isEmpty();
    }

    @Test
    void aFreshenedResponseTakesThePlaceOfItsNewVariant() {
        fixture.put(key("/a"), StoreFixture.variant("de"), 10);
        StoredResponse old = fixture.put("/a", 20);
        StoredResponse freshened = new StoredResponse(
                old.key(), StoreFixture.variant("de"), old.head(), old.freshness(), old.tags(), 0, old.body());
        assertThat(store.replace(old, freshened)).isTrue();
        assertThat(store.variants(key("/a"))).containsExactly(freshened);
        assertThat(store.allocator().usedBytes()).isEqualTo(20);
        assertThat(store.usage().entries()).isEqualTo(1);
    }

    @Test
    void oneResponseIsRemovedAndTheOthersStay() {
        StoredResponse german = fixture.put(key("/a"), StoreFixture.variant("de"), 10);
        StoredResponse english = fixture.put(key("/a"), StoreFixture.variant("en"), 20);
        assertThat(store.remove(german)).isTrue();
        assertThat(store.remove(german)).isFalse();
        assertThat(store.variants(key("/a"))).containsExactly(english);
        assertThat(store.allocator().usedBytes()).isEqualTo(20);
    }

    @Test
    void whatIsNewOfAStoredResponseEndsTheMarker() {
        StoredResponse old = fixture.put("/a", 10);
        store.mark(key("/a"), Duration.ofMinutes(2));
        assertThat(store.replace(old, old.freshened(old.head(), old.freshness(), store.sequence())))
                .isTrue();
        assertThat(store.isMarked(key("/a"))).isFalse();
    }

    @Test
    void aFreshenedResponseThatAPurgeOvertookIsNotStored() {
        StoredResponse old = fixture.put("/a", 10);
        StoredResponse freshened = old.freshened(old.head(), old.freshness(), store.sequence());
        store.purge(Purge.hard(new Purge.Host("h.example")));
        assertThat(store.replace(old, freshened)).isFalse();
        assertThat(store.variants(key("/a"))).isEmpty();
    }

    @Test
    void aBrokenOrOpenOrTrimmedBodyIsRefused() {
        SegmentedBody open = store.newBody(OptionalLong.empty());
        StoredResponse response = fixture.response(key("/a"), VariantKey.none(), open);
        assertThatIllegalArgumentException().isThrownBy(() -> store.put(response));
        open.abort();
        assertThatIllegalArgumentException().isThrownBy(() -> store.put(response));
        open.release();
        SegmentedBody trimmed = fixture.body(1, 100_000);
        trimmed.trimBefore(70_000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.put(fixture.response(key("/a"), VariantKey.none(), trimmed)));
        trimmed.release();
    }

    @Test
    void aBodyOverTheObjectLimitIsNotStored() {
        SegmentedBody body = fixture.body(1, (1 << 20) + 1);
        assertThat(store.put(fixture.response(key("/a"), VariantKey.none(), body)))
                .isFalse();
        body.release();
        assertThat(store.allocator().usedBytes()).isZero();
    }

    @Test
    void aReaderKeepsAnEvictedBody() {
        StoredResponse stored = fixture.put("/a", 1000);
        assertThat(store.retain(stored)).isTrue();
        store.invalidate(key("/a"));
        assertThat(store.usage().entries()).isZero();
        assertThat(store.usage().bytes()).isEqualTo(1000);
        SegmentedBody.of(stored).slice(0, 10).release();
        store.release(stored);
        assertThat(store.usage().bytes()).isZero();
        assertThat(store.retain(stored)).isFalse();
    }

    @Test
    void aMarkerLastsItsTimeAndEndsWithAStorableResponse() {
        store.mark(key("/a"), Duration.ofMinutes(2));
        store.mark(key("/b"), Duration.ofMinutes(2));
        assertThat(store.isMarked(key("/a"))).isTrue();
        assertThat(store.variants(key("/a"))).isEmpty();
        assertThat(store.usage().bytes()).isPositive();
        fixture.put("/a", 10);
        assertThat(store.isMarked(key("/a"))).isFalse();
        fixture.pass(Duration.ofSeconds(119));
        assertThat(store.isMarked(key("/b"))).isTrue();
        fixture.pass(Duration.ofSeconds(1));
        assertThat(store.isMarked(key("/b"))).isFalse();
        assertThat(store.isMarked(key("/c"))).isFalse();
    }

    @Test
    void aMarkerLeavesStoredVariantsAndItsEndDoesNotEndThem() {
        StoredResponse stored = fixture.put("/a", 10);
        store.mark(key("/a"), Duration.ofMinutes(2));
        assertThat(store.isMarked(key("/a"))).isTrue();
        fixture.pass(Duration.ofHours(1));
        assertThat(store.isMarked(key("/a"))).isFalse();
        assertThat(store.variants(key("/a"))).containsExactly(stored);
    }

    @Test
    void markersAreBounded() {
        for (int i = 0; i < 60_000; i++) {
            store.mark(key("/" + i), Duration.ofMinutes(2));
        }
        assertThat(store.usage().bytes()).isLessThanOrEqualTo(8 << 20);
        fixture.pass(Duration.ofMinutes(5));
    }

    @Test
    void aPurgeOfAUrlRemovesAllVariantsAndKeepsItsFillOut() {
        fixture.put(key("/a"), variant("de"), 10);
        fixture.put(key("/a"), variant("en"), 10);
        StoredResponse other = fixture.put("/b", 10);
        SegmentedBody filling = fixture.body(1, 10);
        StoredResponse inFlight = fixture.response(key("/a"), variant("fr"), filling);
        assertThat(store.purge(Purge.hard(new Purge.Url(key("/a"))))).isEqualTo(new Purged(1, OptionalLong.of(2)));
        assertThat(store.variants(key("/a"))).isEmpty();
        assertThat(store.put(inFlight)).isFalse();
        filling.release();
        assertThat(store.variants(key("/b"))).containsExactly(other);
        assertThat(fixture.removed).containsExactly(StoreEvents.Cause.PURGED, StoreEvents.Cause.PURGED);
        StoredResponse later = fixture.put("/a", 10);
        assertThat(store.variants(key("/a"))).containsExactly(later);
    }

    @Test
    void aPurgeByGenerationHidesAtOnceAndFreesOnLookUp() {
        fixture.put("/img/a", 10);
        StoredResponse other = fixture.put("/css/a", 10);
        Purged purged = store.purge(Purge.hard(new Purge.Prefix("h.example", "/img/")));
        assertThat(purged).isEqualTo(new Purged(1, OptionalLong.empty()));
        assertThat(store.allocator().usedBytes()).isEqualTo(20);
        assertThat(store.variants(key("/img/a"))).isEmpty();
        assertThat(store.allocator().usedBytes()).isEqualTo(10);
        assertThat(store.variants(key("/css/a"))).containsExactly(other);
    }

    @Test
    void aSoftPurgeMakesStaleFromItsMomentOn() {
        for (Purge.Scope scope : List.of(new Purge.Url(key("/a")), new Purge.Host("h.example"))) {
            StoredResponse stored = fixture.put("/a", 10);
            Instant purgedAt = StoreFixture.START.plus(Duration.ofMinutes(10));
            StoreFixture timed = fixture;
            timed.pass(Duration.between(now(), purgedAt));
            store.purge(Purge.soft(scope));
            timed.pass(Duration.ofMinutes(1));
            List<StoredResponse> variants = store.variants(key("/a"));
            assertThat(variants).hasSize(1);
            Freshness freshness = variants.getFirst().freshness();
            assertThat(freshness.isFresh(purgedAt)).isFalse();
            assertThat(freshness.lifetime()).isEqualTo(Duration.ofMinutes(10));
            assertThat(store.judge(variants.getFirst())).isEqualTo(Validity.VALID);
            StoredResponse freshened = stored.freshened(stored.head(), StoreFixture.fresh(), store.sequence());
            assertThat(store.replace(stored, freshened)).isTrue();
            assertThat(store.variants(key("/a"))).containsExactly(freshened);
            timed.pass(Duration.between(now(), StoreFixture.START));
        }
    }

    @Test
    void aSoftPurgeOfAUrlRevivesNothingThatAHardOneEnded() {
        fixture.put("/a", 10);
        store.purge(Purge.hard(new Purge.Host("h.example")));
        assertThat(store.purge(Purge.soft(new Purge.Url(key("/a")))).responses())
                .hasValue(0);
        assertThat(store.variants(key("/a"))).isEmpty();
    }

    @Test
    void aFillInFlightAtASoftPurgeIsNeverStoredAsFresh() {
        SegmentedBody body = fixture.body(1, 10);
        StoredResponse inFlight = fixture.response(key("/a"), VariantKey.none(), body);
        store.purge(Purge.soft(new Purge.All()));
        store.put(inFlight);
        body.release();
        assertThat(store.variants(key("/a")))
                .noneMatch(response -> response.freshness().isFresh(now()));
    }

    @Test
    void clearKeepsFillsInFlightOut() {
        SegmentedBody body = fixture.body(1, 10);
        StoredResponse inFlight = fixture.response(key("/a"), VariantKey.none(), body);
        fixture.put("/b", 10);
        store.clear();
        assertThat(store.variants(key("/b"))).isEmpty();
        assertThat(store.put(inFlight)).isFalse();
        body.release();
    }

    @Test
    void aSizeThatTheDirectMemoryCannotHoldIsRefusedWithBothNumbers() {
        long limit = PlatformDependent.maxDirectMemory();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StoreFixture(limit * 2))
                .withMessageContaining("sallyport.cache.memory")
                .withMessageContaining(String.valueOf(limit * 2))
                .withMessageContaining(String.valueOf(limit));
        assertThatIllegalArgumentException().isThrownBy(() -> new StoreLimits(100, 10).requireDirectMemory(150, 60));
        new StoreLimits(90, 10).requireDirectMemory(150, 60);
        assertThatIllegalArgumentException().isThrownBy(() -> new StoreLimits(0, 10));
    }

    private Instant now() {
        return StoreFixture.START.plusNanos(fixture.nanos.get() + 5_000_000_000L);
    }
}
