package io.sallyport.cache.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import io.sallyport.cache.CacheKey;
import io.sallyport.cache.StoredResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A store in this process's memory: heads on the heap, bodies in direct memory, weighed in real bytes. */
public final class MemoryStore implements ResponseStore {
    /*
     * Who owns what. An entry in the cache holds one reference to each of its bodies. Entries change in two ways only:
     *
     *  1. change() and remove(): Map.compute hands over from one entry to the next atomically. The caller knows both,
     *     and afterwards releases the bodies that the new one has no more; a body in both moves over with its reference.
     *     A new body's reference is taken before, and given back if the body was refused or was there already.
     *  2. eviction: Caffeine's evictionListener runs within the atomic removal, for size and expiry and nothing else, and
     *     releases all bodies of the entry.
     *
     * An entry leaves exactly once, by one of the two, so a reference is released exactly once. There is no
     * removalListener: it would hear the changes of 1 again.
     *
     * Occupancy. Direct memory that is in use but not in an entry (bodies being filled, or still read after they left)
     * is taken from what the cache may hold: its maximum is maxBytes less that memory, adjusted in steps of 0.5 %, before
     * memory is allocated and not after, and by one thread at a time, for which the others wait: else as many segments as
     * threads fill at once would come on top. What leaves the cache while it is read stays in memory, so that the maximum
     * is adjusted until nothing more leaves. Caffeine's maintenance runs on the thread that wrote; if another thread holds
     * it up, the writer waits for it.
     */
    private static final int STEPS = 200;

    private final StoreLimits limits;
    private final Ticker ticker;
    private final InstantSource clock;
    private final StoreEvents events;
    private final GenerationTable generations = new GenerationTable();
    private final SharedTexts texts = new SharedTexts();
    private final SegmentAllocator allocator = new SegmentAllocator(this::makeRoom);
    private final LongAdder responses = new LongAdder();
    private final LongAdder bodyBytes = new LongAdder();
    private final LongAdder headBytes = new LongAdder();
    private final ReentrantLock makingRoom = new ReentrantLock();
    private final Cache<CacheKey, Entry> cache;
    private final Policy.Eviction<CacheKey, Entry> eviction;
    private volatile long reserved;

    /**
     * An empty store.
     *
     * @param limits how much it may hold; IllegalArgumentException where that exceeds the JVM's free direct memory
     * @param ticker the time of markers
     * @param clock the time of soft purges
     * @param events hears what leaves
     */
    public MemoryStore(StoreLimits limits, Ticker ticker, InstantSource clock, StoreEvents events) {
        limits.requireDirectMemory();
        this.limits = limits;
        this.ticker = ticker;
        this.clock = clock;
        this.events = events;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(limits.maxBytes())
                .weigher((CacheKey key, Entry entry) -> entry.weight(key))
                .expireAfter(new MarkerExpiry())
                .ticker(ticker)
                .executor(Runnable::run)
                .evictionListener(this::evicted)
                .build();
        this.eviction = cache.policy().eviction().orElseThrow();
    }

    @Override
    public List<StoredResponse> variants(CacheKey key) {
        Entry entry = cache.getIfPresent(key);
        if (entry == null) {
            return List.of();
        }
        List<StoredResponse> variants = entry.variants();
        for (int i = 0; i < variants.size(); i++) {
            if (generations.judge(variants.get(i)) != Validity.VALID) {
                return swept(key, PurgeMark.NONE);
            }
        }
        return variants;
    }

    @Override
    public boolean put(StoredResponse response) {
        SegmentedBody body = SegmentedBody.of(response);
        if (!body.isComplete() || !body.isWhole()) {
            throw new IllegalArgumentException("body must be complete and whole: " + body.length() + " bytes");
        }
        if (body.length() > limits.maxObjectBytes() || !body.retain()) {
            return false;
        }
        Handover handover = store(texts.of(response), body.capacity());
        boolean stored = handover.after != handover.before;
        if (!stored || handover.before.holds(body)) {
            body.release(); // not stored, or stored before with a reference of its own
        }
        return stored;
    }

    private Handover store(StoredResponse response, long capacity) {
        makingRoom.lock(); // until it has its place in the cache nobody else may take what was made for it
        try {
            bodyBytes.add(capacity); // counted as stored before it is, so that it has room when it comes
            makeRoom();
            Handover handover = change(
                    response.key(),
                    entry -> generations.mayStore(response) ? entry.with(response, limits.maxEntryBytes()) : entry,
                    StoreEvents.Cause.REPLACED);
            bodyBytes.add(-capacity);
            return handover;
        } finally {
            makingRoom.unlock();
        }
    }

    @Override
    public boolean replace(StoredResponse old, StoredResponse freshened) {
        if (!old.body().equals(freshened.body())) {
            throw new IllegalArgumentException("a freshened response must share the body of the old one");
        }
        Handover handover = change(
                freshened.key(),
                entry -> {
                    int index = entry.indexOf(freshened.body());
                    if (index < 0 || !generations.mayStore(freshened)) {
                        return entry;
                    }
                    List<StoredResponse> others = new ArrayList<>(entry.variants());
                    others.remove(index);
                    others.removeIf(other -> other.variant().equals(freshened.variant()));
                    others.addFirst(freshened);
                    return entry.freshened(others);
                },
                StoreEvents.Cause.REPLACED);
        return handover.after != handover.before;
    }

    @Override
    public boolean remove(StoredResponse response) {
        Handover handover = change(response.key(), entry -> entry.without(response.body()), StoreEvents.Cause.PURGED);
        return handover.after != handover.before;
    }

    @Override
    public boolean invalidate(CacheKey key) {
        return purge(Purge.hard(new Purge.Url(key))).responses().orElse(0) > 0;
    }

    @Override
    public OptionalLong supersede(CacheKey key, long since) {
        GenerationTable.Superseded superseded = generations.supersede(key, since, clock.instant());
        remove(key);
        return superseded.alone() ? OptionalLong.of(superseded.sequence()) : OptionalLong.empty();
    }

    @Override
    public void clear() {
        generations.purge(Purge.hard(new Purge.All()), clock.instant());
        for (CacheKey key : cache.asMap().keySet()) {
            remove(key);
        }
        cache.cleanUp();
        makeRoom();
    }

    @Override
    public SegmentedBody newBody(OptionalLong expectedLength) {
        return new SegmentedBody(allocator, expectedLength);
    }

    @Override
    public boolean hasRoom() {
        return outside() < limits.maxBytes() / 2;
    }

    @Override
    public long maxObjectBytes() {
        return limits.maxObjectBytes();
    }

    @Override
    public boolean retain(StoredResponse response) {
        return SegmentedBody.of(response).retain();
    }

    @Override
    public void release(StoredResponse response) {
        SegmentedBody.of(response).release();
    }

    @Override
    public void mark(CacheKey key, Duration duration) {
        Entry.Marker marker = new Entry.Marker(ticker.read() + duration.toNanos());
        change(key, entry -> entry.with(marker), StoreEvents.Cause.REPLACED);
    }

    @Override
    public boolean isMarked(CacheKey key) {
        Entry entry = cache.getIfPresent(key);
        Entry.Marker marker = entry == null ? null : entry.marker();
        return marker != null && marker.until() - ticker.read() > 0;
    }

    @Override
    public long sequence() {
        return generations.sequence();
    }

    @Override
    public boolean isCurrent(CacheKey key, long generation) {
        return generations.isCurrent(key, generation);
    }

    @Override
    public Purged purge(Purge purge) {
        Instant now = clock.instant();
        long sequence = generations.purge(purge, now);
        return switch (purge.scope()) {
            case Purge.Url(CacheKey key) ->
                new Purged(sequence, OptionalLong.of(purgeUrl(key, PurgeMark.of(purge.effect(), sequence, now))));
            case Purge.Host _, Purge.Prefix _, Purge.All _ -> new Purged(sequence, OptionalLong.empty());
        };
    }

    @Override
    public Validity judge(StoredResponse response) {
        return generations.judge(response);
    }

    @Override
    public StoreUsage usage() {
        return new StoreUsage(responses.sum(), occupied(), limits.maxBytes());
    }

    /** The memory of all bodies. */
    SegmentAllocator allocator() {
        return allocator;
    }

    /** What the entries weigh together. */
    long weight() {
        cache.cleanUp();
        return eviction.weightedSize().orElseThrow();
    }

    /** The direct memory that is in use, or about to be, and in no entry. */
    private long outside() {
        return Math.max(0, allocator.claimedBytes() - bodyBytes.sum());
    }

    private long occupied() {
        return allocator.usedBytes() + headBytes.sum();
    }

    /** The variants of a key after this purge of its URL and all others that cover it took effect on them. */
    private List<StoredResponse> swept(CacheKey key, PurgeMark url) {
        long seen = generations.sequence(); // read before the marks, so that all marks up to it are in the next line
        PurgeMark mark = generations.covering(key).and(url);
        return change(key, entry -> entry.purged(mark, seen), StoreEvents.Cause.PURGED)
                .after
                .variants();
    }

    private long purgeUrl(CacheKey key, PurgeMark mark) {
        return mark.hard() > 0 ? remove(key) : swept(key, mark).size();
    }

    private long remove(CacheKey key) {
        Entry entry = cache.asMap().remove(key);
        if (entry == null) {
            return 0;
        }
        settle(key, entry, Entry.empty(), StoreEvents.Cause.PURGED);
        return entry.variants().size();
    }

    /** Hands a key's entry over to the next one, settles references and counts. */
    private Handover change(CacheKey key, UnaryOperator<Entry> step, StoreEvents.Cause cause) {
        Handover handover = new Handover();
        cache.asMap().compute(key, (_, entry) -> handover.run(entry == null ? Entry.empty() : entry, step));
        settle(key, handover.before, handover.after, cause);
        if (occupied() > limits.maxBytes() + limits.maxBytes() / STEPS) {
            cache.cleanUp();
            makeRoom();
        }
        return handover;
    }

    private void evicted(@Nullable CacheKey key, @Nullable Entry entry, RemovalCause cause) {
        if (key != null && entry != null) {
            settle(
                    key,
                    entry,
                    Entry.empty(),
                    cause == RemovalCause.SIZE ? StoreEvents.Cause.SIZE : StoreEvents.Cause.EXPIRED);
        }
    }

    private void settle(CacheKey key, Entry before, Entry after, StoreEvents.Cause cause) {
        if (before == after) {
            return;
        }
        responses.add(after.variants().size() - before.variants().size());
        bodyBytes.add(after.bodyBytes() - before.bodyBytes());
        headBytes.add((after.isEmpty() ? 0 : after.headBytes(key)) - (before.isEmpty() ? 0 : before.headBytes(key)));
        for (StoredResponse response : before.variants()) {
            if (!after.holds(response.body())) {
                SegmentedBody.of(response).release();
            }
        }
        for (StoredResponse response : before.variants()) {
            if (!after.holds(response.body())) {
                events.removed(response, cause);
            }
        }
    }

    /** Fits the cache's maximum to the direct memory that is in use outside of it. */
    private void makeRoom() {
        if (!isOutOfStep(outside())) {
            return;
        }
        makingRoom.lock();
        try {
            for (long now = outside(); isOutOfStep(now); now = outside()) {
                reserved = now;
                eviction.setMaximum(Math.max(0, limits.maxBytes() - now));
            }
        } finally {
            makingRoom.unlock();
        }
    }

    private boolean isOutOfStep(long outside) {
        return Math.abs(outside - reserved) >= limits.maxBytes() / STEPS;
    }

    /** What one run of Map.compute saw and left. */
    private static final class Handover {
        private Entry before = Entry.empty();
        private Entry after = Entry.empty();

        @Nullable
        Entry run(Entry entry, UnaryOperator<Entry> step) {
            before = entry;
            after = step.apply(entry);
            return after.isEmpty() ? null : after;
        }
    }
}
