package io.sallyport.cache.engine;

import io.netty.buffer.ByteBuf;
import io.sallyport.cache.store.SegmentedBody;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The content of a running fill: grows at the pace of its fastest reader. To be called with the fill's lock held, but for
 * the methods that say otherwise.
 */
final class GrowingContent {
    /*
     * Upstream runs at most one window ahead of the fastest reader. While the content is kept, for the store, all of it is
     * held and a slow reader finds it here. Else what all have read is freed, and a reader that is two windows behind has to
     * leave, so that it neither holds memory nor slows the others.
     */
    private final SegmentedBody body;
    private final long windowBytes;
    private final List<ContentReader> readers = new CopyOnWriteArrayList<>();
    private volatile boolean kept;
    private volatile boolean parked;

    /** A content over an empty body, of which this takes over one reference. */
    GrowingContent(SegmentedBody body, long windowBytes, boolean kept) {
        this.body = body;
        this.windowBytes = windowBytes;
        this.kept = kept;
    }

    SegmentedBody body() {
        return body;
    }

    long available() {
        return body.available();
    }

    /** Whether all of it stays here until the end. Any thread. */
    boolean isKept() {
        return kept;
    }

    void keepNoMore() {
        kept = false;
    }

    /** Whether a reader that begins now finds the first byte. */
    boolean holdsStart() {
        return body.isWhole();
    }

    /** A new reader from the beginning. */
    ContentReader read(Customer customer, ContentReader.Source source) {
        if (!body.retain()) {
            throw new IllegalStateException("the body of a running fill must be alive");
        }
        ContentReader reader = new ContentReader(body, source, customer.outlet(), 0, Long.MAX_VALUE);
        readers.add(reader);
        return reader;
    }

    boolean remove(ContentReader reader) {
        return readers.remove(reader);
    }

    boolean isUnread() {
        return readers.isEmpty();
    }

    /** Takes in what came; returns whether more is wanted now. */
    boolean append(ByteBuf content) {
        body.append(content);
        boolean wanted = wantsMore();
        parked = !wanted;
        return wanted;
    }

    /** Whether upstream was held up and is to go on now; true is answered once. */
    boolean resumes() {
        if (!parked || !wantsMore()) {
            return false;
        }
        parked = false;
        return true;
    }

    /** Whether a reader's progress changes nothing here. Any thread. */
    boolean isUnmovedByReaders() {
        return kept && !parked;
    }

    /**
     * Frees what all have read, and finds the readers that have fallen too far behind to stay.
     *
     * @param joinable whether the first byte is to be held while there is little
     */
    List<ContentReader> trim(boolean joinable) {
        if (kept || readers.isEmpty()) {
            return List.of();
        }
        long slowest = Long.MAX_VALUE;
        for (ContentReader reader : readers) {
            slowest = Math.min(slowest, reader.position());
        }
        if (!joinable || available() > windowBytes) {
            body.trimBefore(slowest);
        }
        if (available() - slowest <= 2 * windowBytes) {
            return List.of();
        }
        List<ContentReader> behind = new ArrayList<>();
        for (ContentReader reader : readers) {
            if (available() - reader.position() > 2 * windowBytes) {
                behind.add(reader);
            }
        }
        return behind;
    }

    private boolean wantsMore() {
        if (readers.isEmpty()) {
            return true;
        }
        long fastest = 0;
        for (ContentReader reader : readers) {
            fastest = Math.max(fastest, reader.position());
        }
        return body.available() - fastest < windowBytes;
    }

    /** Tells all readers that there is more, or the end. Without the lock. */
    void wakeReaders() {
        readers.forEach(ContentReader::wake);
    }
}
