package io.sallyport.cache.store;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.StoredBody;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.VariantKey;
import io.sallyport.http.Fields;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the memory store has under one key: its variants, newest first, and its hit-for-miss marker. Immutable; weighed
 * when made.
 */
final class Entry {
    /*
     * Heap overheads, from object layouts of a 64-bit JVM with compressed references, rounded up: object headers, the
     * two strings of a field line with their arrays, the records and times of a response, the node, hash bin and key of
     * an entry, the buffer objects of a segment. Characters count one byte each (compact strings). Texts that responses
     * share (SharedTexts) count for each, since the others may leave.
     */
    static final int ENTRY_OVERHEAD = 400;
    static final int RESPONSE_OVERHEAD = 512;
    static final int LINE_OVERHEAD = 120;
    static final int SEGMENT_OVERHEAD = 256;

    static final int MAX_VARIANTS = 64;

    private static final Entry EMPTY = new Entry(List.of(), null);

    private final List<StoredResponse> variants;
    private final @Nullable Marker marker;
    private final long bodyBytes;
    private final long headBytes;

    /** Until when, in nanoseconds of the store's ticker, a key is marked. */
    record Marker(long until) {}

    private Entry(List<StoredResponse> variants, @Nullable Marker marker) {
        this.variants = List.copyOf(variants);
        this.marker = marker;
        long bodies = 0;
        long heads = 0;
        for (StoredResponse response : variants) {
            bodies += SegmentedBody.of(response).capacity();
            heads += headBytes(response);
        }
        this.bodyBytes = bodies;
        this.headBytes = heads;
    }

    static Entry empty() {
        return EMPTY;
    }

    List<StoredResponse> variants() {
        return variants;
    }

    @Nullable
    Marker marker() {
        return marker;
    }

    boolean isEmpty() {
        return variants.isEmpty() && marker == null;
    }

    /** The direct bytes of all bodies. */
    long bodyBytes() {
        return bodyBytes;
    }

    /** The heap bytes of all heads, the key and the entry itself. */
    long headBytes(CacheKey key) {
        return ENTRY_OVERHEAD + key.length() + headBytes;
    }

    /** Everything, in bytes. */
    int weight(CacheKey key) {
        return Math.toIntExact(bodyBytes + headBytes(key));
    }

    /** With a response as the newest, in place of its variant; the oldest go where there are too many or too large. */
    Entry with(StoredResponse response, long maxBytes) {
        List<StoredResponse> kept = new ArrayList<>(variants.size() + 1);
        kept.add(response);
        long bytes = SegmentedBody.of(response).capacity();
        for (StoredResponse other : variants) {
            if (other.variant().equals(response.variant()) || other.body().equals(response.body())) {
                continue;
            }
            bytes += SegmentedBody.of(other).capacity();
            if (kept.size() == MAX_VARIANTS || bytes > maxBytes) {
                break;
            }
            kept.add(other);
        }
        return new Entry(kept, null);
    }

    /**
     * After the purges in a mark: without the responses that are gone, and the stale ones with a lifetime that ended
     * when the soft purge came.
     *
     * @param seen a place in the sequence of purges up to which the mark has all that cover the key
     */
    Entry purged(PurgeMark mark, long seen) {
        List<StoredResponse> left = new ArrayList<>(variants.size());
        for (StoredResponse response : variants) {
            switch (mark.judge(response.generation())) {
                case VALID -> left.add(response);
                case STALE -> left.add(mark.softened(response, seen));
                case GONE -> {}
            }
        }
        return with(left);
    }

    /** With these variants and the same marker. */
    Entry with(List<StoredResponse> others) {
        return new Entry(others, marker);
    }

    /** With these variants, of which one is new from upstream: what the marker said is no longer true. */
    Entry freshened(List<StoredResponse> others) {
        return new Entry(others, null);
    }

    /** Without the response that has this body, if there is one. */
    Entry without(StoredBody body) {
        int index = indexOf(body);
        if (index < 0) {
            return this;
        }
        List<StoredResponse> others = new ArrayList<>(variants);
        others.remove(index);
        return with(others);
    }

    boolean holds(StoredBody body) {
        return indexOf(body) >= 0;
    }

    /** The place of the response with this body (bodies equal themselves only); negative where there is none. */
    int indexOf(StoredBody body) {
        for (int i = 0; i < variants.size(); i++) {
            if (variants.get(i).body().equals(body)) {
                return i;
            }
        }
        return -1;
    }

    Entry with(Marker other) {
        return new Entry(variants, other);
    }

    private static long headBytes(StoredResponse response) {
        Fields fields = response.head().fields();
        long bytes = RESPONSE_OVERHEAD + fields.length() + (long) LINE_OVERHEAD * fields.size();
        for (VariantKey.Nominated nominated : response.variant().nominated()) {
            String value = nominated.value();
            bytes += LINE_OVERHEAD + nominated.name().length() + (value == null ? 0 : value.length());
        }
        for (String tag : response.tags()) {
            bytes += LINE_OVERHEAD + tag.length();
        }
        return bytes + (long) SEGMENT_OVERHEAD * SegmentedBody.of(response).segments();
    }
}
