package io.sallyport.cache.store;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.StoredResponse;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The purges so far, as a growing sequence and the last place in it of every purged scope. A response is valid only if
 * the sequence that was read when its upstream request was sent is at least the last purge that covers its key.
 *
 * <p>Bounded: when a host has too many purged prefixes, the one purged longest ago widens to the host; when there are too
 * many hosts, the one purged longest ago widens to everything. Widening ends more than was asked for, but only what was
 * stored before that old purge. Thread-safe; look-ups take no lock.
 */
public final class GenerationTable {
    /*
     * Purges of a URL concern fills in flight only, since the store itself removes what it has: one slot for all keys of
     * a hash, so that they are bounded whatever comes. A collision keeps a fill out of the store that could have entered.
     *
     * Order of publication: marks first, then the sequence; a wider mark before the narrower one that it replaces goes.
     * Readers look in the opposite order.
     */
    private static final int URL_SLOT_BITS = 16;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final Bounds bounds;
    private final Map<String, HostMarks> hosts = new ConcurrentHashMap<>();
    private final AtomicLongArray urls = new AtomicLongArray(1 << URL_SLOT_BITS);
    private volatile PurgeMark all = PurgeMark.NONE;
    private volatile long lastScoped;
    private volatile long sequence;

    /** How many marks of each kind a table keeps. */
    record Bounds(int hosts, int prefixesPerHost) {
        static final Bounds DEFAULT = new Bounds(1024, 64);
    }

    /** An empty table. */
    public GenerationTable() {
        this(Bounds.DEFAULT);
    }

    GenerationTable(Bounds bounds) {
        this.bounds = bounds;
    }

    /** The number of purges so far: the generation of an upstream request that is sent now. */
    public long sequence() {
        return sequence;
    }

    /** Takes a purge into the sequence; returns its place. */
    public synchronized long purge(Purge purge, Instant now) {
        long next = sequence + 1;
        PurgeMark mark = PurgeMark.of(purge.effect(), next, now);
        switch (purge.scope()) {
            case Purge.Url(CacheKey key) -> urls.set(slot(key), next);
            case Purge.Host(String host) ->
                putHost(host, hosts.getOrDefault(host, HostMarks.NONE).withHost(mark));
            case Purge.Prefix(String host, String path) ->
                putHost(
                        host,
                        hosts.getOrDefault(host, HostMarks.NONE).withPrefix(path, mark, bounds.prefixesPerHost()));
            case Purge.All() -> {
                all = all.and(mark);
                if (mark.hard() > 0) {
                    hosts.clear();
                }
            }
        }
        if (!(purge.scope() instanceof Purge.Url)) {
            lastScoped = next;
        }
        sequence = next;
        return next;
    }

    /**
     * The hard purge of a URL by the response to a request that was sent when the number of purges was {@code since}.
     *
     * @return its place, and whether no other purge covers the key since then
     */
    synchronized Superseded supersede(CacheKey key, long since, Instant now) {
        boolean alone = isCurrent(key, since);
        return new Superseded(purge(Purge.hard(new Purge.Url(key)), now), alone);
    }

    /** The place of a response's own purge in the sequence, and whether it is the only one that covers its key. */
    record Superseded(long sequence, boolean alone) {}

    /** What the purges of its host, its path's prefixes and everything leave of a response. */
    public Validity judge(StoredResponse response) {
        return response.generation() >= lastScoped
                ? Validity.VALID
                : covering(response.key()).judge(response.generation());
    }

    /** Whether a response may enter the store: it is not gone and its URL was not purged since it was asked for. */
    public boolean mayStore(StoredResponse response) {
        return response.generation() >= sequence
                || (judge(response) != Validity.GONE && response.generation() >= urls.get(slot(response.key())));
    }

    /** Whether no purge since a place in the sequence covers a key. */
    boolean isCurrent(CacheKey key, long generation) {
        return generation >= sequence
                || (covering(key).judge(generation) == Validity.VALID && generation >= urls.get(slot(key)));
    }

    /** The last purges that cover a key, other than those of the URL itself. */
    PurgeMark covering(CacheKey key) {
        HostMarks marks = hosts.get(key.host());
        return marks == null ? all : marks.covering(key.path()).and(all);
    }

    /** Mixed apart from the key's own hash, in which neighbouring hosts and paths collide as a rule. */
    private static int slot(CacheKey key) {
        long hash = 0;
        for (String part : List.of(key.routeId(), key.scheme(), key.host(), key.path())) {
            hash = (hash + part.hashCode()) * MIX;
        }
        String query = key.query();
        hash = (hash + (query == null ? 1 : query.hashCode())) * MIX;
        return (int) (hash >>> (Long.SIZE - URL_SLOT_BITS));
    }

    private void putHost(String host, HostMarks marks) {
        hosts.put(host, marks);
        if (hosts.size() <= bounds.hosts()) {
            return;
        }
        Map.Entry<String, HostMarks> oldest = hosts.entrySet().stream()
                .min(Comparator.comparingLong(
                        entry -> entry.getValue().widened().latest()))
                .orElseThrow();
        all = all.and(oldest.getValue().widened());
        hosts.remove(oldest.getKey());
    }
}
