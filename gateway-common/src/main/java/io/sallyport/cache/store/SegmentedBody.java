package io.sallyport.cache.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import io.sallyport.cache.StoredBody;
import io.sallyport.cache.StoredResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A response's content in off-heap segments: one writer appends, many readers read what is published, at the same time.
 *
 * <p>Ownership: a new body has one reference, its creator's. Whoever keeps the body for later takes one with
 * {@link #retain()} and gives it back with {@link #release()}; the writer holds one as long as it writes. A slice keeps
 * its segment alive by itself. Memory goes back when the last reference and the last slice of a segment are gone.
 */
public final class SegmentedBody implements StoredBody {
    /*
     * The writer alone changes `state`: it copies bytes into a segment beyond the published length and then publishes a
     * new State through the volatile. A reader takes one State and sees all bytes below its length. The array of segments
     * is shared by successive States and only ever written beyond their count.
     *
     * Segments that leave (trimmed, or replaced by a smaller one on completion) are released after the State without
     * them is published. A reader that still holds the old State fails to retain such a segment (Netty's count never
     * rises from zero), looks again and finds either the replacement or that the offset is gone.
     */
    static final int SEGMENT_BYTES = 64 << 10;

    private static final AtomicIntegerFieldUpdater<SegmentedBody> REFERENCES =
            AtomicIntegerFieldUpdater.newUpdater(SegmentedBody.class, "references");
    private static final int FIRST_SEGMENT_BYTES = 1 << 10;
    private static final int GROWTH = 4;

    private final SegmentAllocator allocator;
    private final OptionalLong expectedLength;
    private volatile int references = 1;
    private volatile State state = new State(new Segment[1], 0, 0, 0, Phase.OPEN);

    /**
     * An empty body.
     *
     * @param expectedLength the length that the head announced, a hint for the size of segments; a wrong one costs memory
     *     only
     */
    SegmentedBody(SegmentAllocator allocator, OptionalLong expectedLength) {
        this.allocator = allocator;
        this.expectedLength = expectedLength;
    }

    /** The body of a stored response; throws IllegalArgumentException where another store made it. */
    public static SegmentedBody of(StoredResponse response) {
        if (response.body() instanceof SegmentedBody body) {
            return body;
        }
        throw new IllegalArgumentException(
                "body must be a SegmentedBody: " + response.body().getClass().getName());
    }

    /**
     * Copies the readable bytes to the end and publishes them. Takes no ownership and moves no index of the source. For
     * the writer only; throws IllegalStateException after {@link #complete()}, {@link #abort()} or the last release.
     */
    public void append(ByteBuf source) {
        State now = open();
        Segment[] segments = now.segments();
        int count = now.count();
        long length = now.length();
        long capacity = now.capacity();
        int from = source.readerIndex();
        int left = source.readableBytes();
        while (left > 0) {
            long room = count == 0 ? 0 : segments[count - 1].end() - length;
            if (room == 0) {
                if (count == segments.length) {
                    segments = Arrays.copyOf(segments, count * 2);
                }
                int added = nextCapacity(now, count, length, left);
                segments[count] = new Segment(length, allocator.allocate(added));
                count++;
                capacity += added;
                // Published at once, though empty, so that an allocation that fails later leaks nothing.
                state = now = new State(segments, count, length, capacity, Phase.OPEN);
                continue;
            }
            Segment last = segments[count - 1];
            int copied = (int) Math.min(room, left);
            last.buffer().setBytes((int) (length - last.start()), source, from, copied);
            from += copied;
            left -= copied;
            length += copied;
            state = now = new State(segments, count, length, capacity, Phase.OPEN);
        }
    }

    /** The bytes appended so far, counted from the start of the content, trimmed ones included. */
    public long available() {
        return state.length();
    }

    @Override
    public long length() {
        return state.length();
    }

    /**
     * A retained slice of the published bytes that begins at an offset, lies within one segment and has at most this many
     * bytes; empty where nothing is published beyond the offset yet. The caller releases it, on any thread, and must hold
     * a reference to the body while it calls. Throws IndexOutOfBoundsException for an offset that was trimmed or lies
     * beyond what is available.
     */
    public ByteBuf slice(long from, int max) {
        while (true) {
            State now = state;
            if (from == now.length() || max == 0) {
                return Unpooled.EMPTY_BUFFER;
            }
            Segment segment = now.covering(from);
            int index = (int) (from - segment.start());
            int size = (int) Math.min(max, Math.min(segment.end(), now.length()) - from);
            try {
                return segment.buffer().retainedSlice(index, size);
            } catch (IllegalReferenceCountException e) {
                if (state.equals(now)) {
                    throw e;
                }
            }
        }
    }

    /**
     * A retained view of the published bytes that begins at an offset and has at most this many, in whatever segments they
     * lie. Otherwise like {@link #slice}.
     */
    public ByteBuf gather(long from, int max) {
        ByteBuf first = slice(from, max);
        int size = first.readableBytes();
        int wanted = (int) Math.min(max, available() - from);
        if (size == wanted) {
            return first;
        }
        List<ByteBuf> parts = new ArrayList<>();
        parts.add(first);
        while (size < wanted) {
            ByteBuf next = slice(from + size, wanted - size);
            size += next.readableBytes();
            parts.add(next);
        }
        return Unpooled.wrappedUnmodifiableBuffer(parts.toArray(ByteBuf[]::new));
    }

    /**
     * Declares that the content is whole, as its framing proved. Gives back memory that a last segment holds in vain. For
     * the writer only; throws IllegalStateException when completed, aborted or freed before.
     */
    public void complete() {
        State now = open();
        int last = now.count() - 1;
        if (last < 0) {
            state = now.in(Phase.COMPLETE);
            return;
        }
        Segment segment = now.segments()[last];
        int used = (int) (now.length() - segment.start());
        if (used > segment.capacity() / 4 * 3) {
            state = now.in(Phase.COMPLETE);
            return;
        }
        Segment[] segments = Arrays.copyOf(now.segments(), used == 0 ? last : last + 1);
        if (used > 0) {
            ByteBuf exact = allocator.allocate(used);
            exact.setBytes(0, segment.buffer(), 0, used);
            segments[last] = new Segment(segment.start(), exact);
        }
        long capacity = now.capacity() - segment.capacity() + used;
        state = new State(segments, segments.length, now.length(), capacity, Phase.COMPLETE);
        segment.buffer().release();
    }

    /** Whether the content is whole. */
    public boolean isComplete() {
        return state.phase() == Phase.COMPLETE;
    }

    /** Declares that the content broke off and will never be whole. For the writer only; no effect once it ended. */
    public void abort() {
        State now = state;
        if (now.phase() == Phase.OPEN) {
            state = now.in(Phase.ABORTED);
        }
    }

    /** Whether the content broke off. */
    public boolean isAborted() {
        return state.phase() == Phase.ABORTED;
    }

    /**
     * Gives back all segments that lie wholly before an offset. For the writer only, once every reader is past them; a
     * trimmed body is never stored.
     */
    public void trimBefore(long offset) {
        State now = state;
        int gone = 0;
        while (gone < now.count() && now.segments()[gone].end() <= Math.min(offset, now.length())) {
            gone++;
        }
        if (gone == 0) {
            return;
        }
        int kept = now.count() - gone;
        Segment[] segments = new Segment[Math.max(1, kept)];
        System.arraycopy(now.segments(), gone, segments, 0, kept);
        long freed = now.segments()[gone - 1].end() - now.segments()[0].start();
        state = new State(segments, kept, now.length(), now.capacity() - freed, now.phase());
        for (int i = 0; i < gone; i++) {
            now.segments()[i].buffer().release();
        }
    }

    /** Takes a reference; false, and none taken, when the last one was given back before. From any thread. */
    public boolean retain() {
        int now = references;
        while (now > 0) {
            if (REFERENCES.compareAndSet(this, now, now + 1)) {
                return true;
            }
            now = references;
        }
        return false;
    }

    /** Gives a reference back; the last one frees the segments. From any thread. */
    public void release() {
        int left = REFERENCES.decrementAndGet(this);
        if (left < 0) {
            REFERENCES.incrementAndGet(this);
            throw new IllegalStateException("body was released more often than retained");
        }
        if (left == 0) {
            State last = state;
            for (int i = 0; i < last.count(); i++) {
                last.segments()[i].buffer().release();
            }
        }
    }

    /** The direct bytes of the segments that this body holds now. */
    long capacity() {
        return state.capacity();
    }

    /** The number of segments that this body holds now. */
    int segments() {
        return state.count();
    }

    /** Whether the first byte is still there. */
    public boolean isWhole() {
        State now = state;
        return now.length() == 0 || (now.count() > 0 && now.segments()[0].start() == 0);
    }

    private State open() {
        State now = state;
        if (now.phase() != Phase.OPEN) {
            throw new IllegalStateException("body must be open: " + now.phase());
        }
        if (references <= 0) {
            throw new IllegalStateException("body must be referenced by its writer");
        }
        return now;
    }

    private int nextCapacity(State now, int count, long length, int left) {
        long announced = expectedLength.orElse(0) - length;
        if (announced > 0) {
            return (int) Math.min(announced, SEGMENT_BYTES);
        }
        int grown = count == 0 ? FIRST_SEGMENT_BYTES : now.segments()[count - 1].capacity() * GROWTH;
        return Math.min(Math.max(grown, left), SEGMENT_BYTES);
    }

    private enum Phase {
        OPEN,
        COMPLETE,
        ABORTED
    }

    private record Segment(long start, ByteBuf buffer) {
        int capacity() {
            return buffer.capacity();
        }

        long end() {
            return start + buffer.capacity();
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // shared on purpose, never compared
    private record State(Segment[] segments, int count, long length, long capacity, Phase phase) {
        State in(Phase next) {
            return new State(segments, count, length, capacity, next);
        }

        /** The segment that holds an offset below the length. */
        Segment covering(long offset) {
            int low = 0;
            int high = count - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                Segment segment = segments[middle];
                if (offset < segment.start()) {
                    high = middle - 1;
                } else if (offset >= segment.end()) {
                    low = middle + 1;
                } else if (offset < length) {
                    return segment;
                } else {
                    break;
                }
            }
            throw new IndexOutOfBoundsException("offset must be held: " + offset + " of " + length);
        }
    }
}
