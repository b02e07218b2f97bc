package io.sallyport.cache.store;

import static io.sallyport.cache.store.StoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sallyport.cache.CacheKey;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.VariantKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** The memory that a store takes under churn, and what its readers see meanwhile. */
class OccupancyTests {
    private static final long MAX = 4 << 20;

    @Test
    void theWeightOfAnEntryIsItsDirectBytesAndItsCountedHeads() {
        StoreFixture fixture = new StoreFixture(MAX);
        fixture.put("/a", 100_000);
        long heads = (long) Entry.ENTRY_OVERHEAD
                + key("/a").length()
                + Entry.RESPONSE_OVERHEAD
                + 2 * Entry.LINE_OVERHEAD
                + "Content-Typetext/plainETag\"1\"".length()
                + 2 * Entry.SEGMENT_OVERHEAD;
        assertThat(fixture.store.allocator().usedBytes()).isEqualTo(100_000);
        assertThat(fixture.store.usage()).isEqualTo(new StoreUsage(1, 100_000 + heads, MAX));
        assertThat(fixture.store.weight()).isEqualTo(100_000 + heads);
        fixture.store.clear();
    }

    @Test
    void churnStaysWithinFivePercentOfTheSetting() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        StoreFixture fixture = new StoreFixture(MAX);
        MemoryStore store = fixture.store;
        Deque<SegmentedBody> filling = new ArrayDeque<>();
        Deque<StoredResponse> reading = new ArrayDeque<>();
        for (int i = 0; i < 20_000; i++) {
            StoredResponse response = fixture.put("/" + random.nextInt(4000), size(random));
            if (random.nextInt(4) == 0 && store.retain(response)) {
                reading.add(response);
            }
            if (random.nextInt(4) == 0) {
                filling.add(fixture.body(i, size(random)));
            }
            if (reading.size() > 100) {
                store.release(reading.remove());
            }
            if (filling.size() > 100) {
                filling.remove().release();
            }
            long bytes = store.usage().bytes();
            assertThat(bytes).as("seed %d, step %d", seed, i).isLessThan(MAX / 20 * 21);
            if (i > 6000) {
                assertThat(bytes).as("seed %d, step %d", seed, i).isGreaterThan(MAX / 20 * 17);
            }
        }
        assertThat(fixture.removed).contains(StoreEvents.Cause.SIZE, StoreEvents.Cause.REPLACED);
        reading.forEach(store::release);
        filling.forEach(SegmentedBody::release);
        assertThat(store.usage().bytes() - store.weight()).isZero();
        store.clear();
        assertThat(store.usage()).isEqualTo(new StoreUsage(0, 0, MAX));
    }

    @Test
    void aLargeObjectHasRoomWhenItsFillEnds() {
        StoreFixture fixture = new StoreFixture(MAX);
        for (int i = 0; i < 400; i++) {
            fixture.put("/" + i, 64 << 10);
        }
        SegmentedBody body = fixture.store.newBody(OptionalLong.empty());
        ByteBuf chunk = Unpooled.buffer().writeZero(64 << 10);
        while (body.length() < MAX / 2) {
            body.append(chunk);
            assertThat(fixture.store.usage().bytes()).isLessThan(MAX / 20 * 21);
        }
        body.complete();
        StoredResponse large = fixture.response(key("/large"), VariantKey.none(), body);
        assertThat(fixture.store.put(large)).isTrue();
        body.release();
        assertThat(fixture.store.usage().bytes()).isLessThan(MAX / 20 * 21);
        fixture.store.clear();
        assertThat(fixture.store.allocator().usedBytes()).isZero();
    }

    @Test
    void manyRunningFillsLeaveNoRoomForMore() {
        StoreFixture fixture = new StoreFixture(MAX);
        fixture.put("/a", 1 << 20);
        assertThat(fixture.store.hasRoom()).isTrue();
        SegmentedBody filling = fixture.body(1, (int) MAX / 2);
        assertThat(fixture.store.hasRoom()).isFalse();
        filling.release();
        assertThat(fixture.store.hasRoom()).isTrue();
        fixture.store.clear();
    }

    @Test
    void readersThatRaceWithEvictionNeverSeeFreedMemory() throws Exception {
        StoreFixture fixture = new StoreFixture(MAX);
        MemoryStore store = fixture.store;
        AtomicBoolean stop = new AtomicBoolean();
        LongAdder hits = new LongAdder();
        LongAdder lost = new LongAdder();
        try (ExecutorService threads = Executors.newFixedThreadPool(11)) {
            List<Future<Long>> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                readers.add(threads.submit(reader(store, i, stop, hits, lost)));
            }
            List<Future<Long>> writers = new ArrayList<>();
            for (int i = 0; i < 8; i++) { // a segment each at once would be more than 5 % of the store
                writers.add(threads.submit(writer(fixture, i)));
            }
            long most = 0;
            for (Future<Long> writer : writers) {
                most = Math.max(most, writer.get());
            }
            stop.set(true);
            for (Future<Long> reader : readers) {
                reader.get();
            }
            assertThat(most).isLessThan(MAX / 20 * 21);
        }
        assertThat(hits.sum()).isPositive();
        store.clear();
        assertThat(store.allocator().usedBytes()).isZero();
        assertThat(store.usage()).isEqualTo(new StoreUsage(0, 0, MAX));
    }

    private static Callable<Long> writer(StoreFixture fixture, int seed) {
        return () -> {
            Random random = new Random(seed);
            long most = 0;
            for (int i = 0; i < 3000; i++) {
                CacheKey key = key("/" + random.nextInt(300));
                switch (random.nextInt(20)) {
                    case 0 -> fixture.store.invalidate(key);
                    case 1 -> fixture.store.mark(key, Duration.ofSeconds(1));
                    case 2 ->
                        fixture.store.variants(key).forEach(old -> {
                            // A reference is not needed to freshen: the store's own moves along.
                            fixture.store.replace(
                                    old, old.freshened(old.head(), old.freshness(), fixture.store.sequence()));
                        });
                    case 3 -> {
                        if (random.nextInt(50) == 0) {
                            fixture.store.purge(Purge.hard(new Purge.All()));
                        }
                    }
                    default -> fixture.put(key, StoreFixture.variant("v" + random.nextInt(3)), size(random));
                }
                most = Math.max(most, fixture.store.usage().bytes());
            }
            return most;
        };
    }

    private static Callable<Long> reader(
            MemoryStore store, int seed, AtomicBoolean stop, LongAdder hits, LongAdder lost) {
        return () -> {
            Random random = new Random(seed);
            long read = 0;
            while (!stop.get()) {
                CacheKey key = key("/" + random.nextInt(300));
                for (StoredResponse response : store.variants(key)) {
                    if (store.retain(response)) {
                        hits.increment();
                        read += check(SegmentedBody.of(response), key.hashCode());
                        store.release(response);
                    } else {
                        lost.increment();
                    }
                }
            }
            return read;
        };
    }

    private static long check(SegmentedBody body, int seed) {
        long position = 0;
        while (position < body.length()) {
            ByteBuf slice = body.slice(position, 16 << 10);
            byte[] bytes = ByteBufUtil.getBytes(slice);
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] != StoreFixture.pattern(seed, position + i)) {
                    throw new AssertionError("wrong byte at " + (position + i));
                }
            }
            position += slice.readableBytes();
            slice.release();
        }
        return position;
    }

    private static int size(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1, 2, 3, 4, 5 -> random.nextInt(4 << 10);
            case 6, 7, 8 -> random.nextInt(32 << 10);
            default -> random.nextInt(120 << 10);
        };
    }
}
