package io.sallyport.cache.engine;

import io.netty.buffer.ByteBuf;
import io.sallyport.cache.store.SegmentedBody;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * One customer's way through a body: an own cursor, an own demand, slices that are emitted on that customer's event loop
 * only. The body may still be growing. Takes over one reference to the body and gives it back at its end, however it ends.
 * May be subscribed once.
 */
public final class ContentReader implements Publisher<ByteBuf>, Subscription {
    /*
     * A slice is at most 16 KiB, what TLS encrypts as one. After 64 KiB the reader yields its event loop to the others, and
     * it emits nothing while its outlet is full: what is written and unsent stays below two such turns. What is stored and is
     * sent as it lies there takes no memory while it waits: that goes in larger pieces, which cost the kernel less.
     */
    private static final int MAX_SLICE_BYTES = 16 << 10;
    private static final int MAX_STORED_BYTES = 1 << 20;
    private static final int MAX_TURN_BYTES = 64 << 10;

    /** Where a growing body stands, and who wants to know how far readers have come. */
    interface Source {
        /** Null while content may still come. Read before the body's available length. */
        @Nullable
        Ending ending();

        /** The reader's cursor has moved. */
        void advanced(ContentReader reader);

        /** The reader will not read again. */
        void left(ContentReader reader);

        /** The reader, on its loop, is ready to go on elsewhere, as {@link ContentReader#cutOver} asked. */
        void detached(ContentReader reader);
    }

    /** How a body ended. */
    sealed interface Ending {
        /** The whole message came. */
        record Complete() implements Ending {}

        /** It broke off. */
        record Broken(UpstreamFailure failure) implements Ending {}
    }

    private static final Ending COMPLETE = new Ending.Complete();

    /** The source of a body that has stopped growing. */
    private static final Source STORED = new Source() {
        @Override
        public Ending ending() {
            return COMPLETE;
        }

        @Override
        public void advanced(ContentReader reader) {}

        @Override
        public void left(ContentReader reader) {}

        @Override
        public void detached(ContentReader reader) {}
    };

    private final Outlet outlet;
    private final AtomicLong demand = new AtomicLong();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean leaving = new AtomicBoolean();
    private volatile SegmentedBody body;
    private volatile Source source;
    private volatile long position;
    /** The offset in the content at which the body begins. */
    private volatile long base;

    private volatile long end;
    private @Nullable Subscriber<? super ByteBuf> subscriber;

    ContentReader(SegmentedBody body, Source source, Outlet outlet, long first, long end) {
        this.body = body;
        this.source = source;
        this.outlet = outlet;
        this.position = first;
        this.end = end;
    }

    /**
     * A reader of stored content.
     *
     * @param body the body, of which the caller hands over one reference
     * @param outlet where it goes
     * @param first offset of the first byte
     * @param last offset of the last byte
     */
    public static ContentReader stored(SegmentedBody body, Outlet outlet, long first, long last) {
        return new ContentReader(body, STORED, outlet, first, last + 1);
    }

    long position() {
        return position;
    }

    /** Narrows this reader, which nobody has subscribed yet, to the bytes from first to last. */
    public void narrow(long first, long last) {
        position = first;
        end = last + 1;
        source.advanced(this);
    }

    /** Asks the reader to leave its source for another one. Any thread; has an effect once. */
    void cutOver() {
        if (leaving.compareAndSet(false, true)) {
            outlet.execute(() -> {
                if (!ended.get()) {
                    source.detached(this);
                }
            });
        }
    }

    /** Goes on where it is with another body, which begins there and of which it takes over one reference. On its loop. */
    void moveTo(SegmentedBody next, Source from) {
        body.release();
        body = next;
        base = position;
        source = from;
        wake();
    }

    /** Ends the reader as one whose content broke off. On its loop. */
    void breakOff(UpstreamFailure failure) {
        Subscriber<? super ByteBuf> to = subscriber;
        if (to == null) {
            finish();
        } else {
            conclude(to, new Ending.Broken(failure));
        }
    }

    /** Gives the content up before it was subscribed. */
    public void discard() {
        cancel();
    }

    /**
     * All of the content, where it has come already, lies in one piece and is not larger than that; the reader is at its end
     * then. Before it is subscribed, on its loop.
     *
     * @return the content, which the caller releases; null where there is no such piece
     */
    public @Nullable ByteBuf takeWhole(int mostBytes) {
        Ending ending = source.ending();
        long last = Math.min(base + body.available(), end);
        long length = last - position;
        boolean complete = last == end || ending instanceof Ending.Complete;
        if (!complete || length <= 0 || length > mostBytes || leaving.get() || ended.get()) {
            return null;
        }
        ByteBuf content = body.slice(position - base, (int) length);
        if (content.readableBytes() < length) {
            content.release();
            return null;
        }
        position = last;
        source.advanced(this);
        finish();
        return content;
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuf> subscriber) {
        this.subscriber = subscriber;
        subscriber.onSubscribe(this);
        wake();
    }

    @Override
    public void request(long n) {
        demand.accumulateAndGet(n, (has, more) -> has + more < 0 ? Long.MAX_VALUE : has + more);
        wake();
    }

    @Override
    public void cancel() {
        outlet.execute(this::finish);
    }

    /** There may be something to emit: more content, more demand, or the end. May be called from any thread. */
    void wake() {
        if (scheduled.compareAndSet(false, true)) {
            outlet.execute(this::drain);
        }
    }

    private void drain() {
        scheduled.set(false);
        Subscriber<? super ByteBuf> to = subscriber;
        if (to == null || ended.get()) {
            return;
        }
        Ending ending = source.ending();
        long readable = Math.min(base + body.available(), end);
        int turn = 0;
        long at = position;
        boolean asItLies = source.equals(STORED) && !outlet.copies();
        int most = asItLies ? MAX_STORED_BYTES : MAX_TURN_BYTES;
        while (demand.get() > 0 && at < readable && turn < most && !outlet.isFull() && !ended.get()) {
            ByteBuf piece = asItLies
                    ? body.gather(at - base, (int) Math.min(MAX_STORED_BYTES, readable - at))
                    : body.slice(at - base, (int) Math.min(MAX_SLICE_BYTES, readable - at));
            turn += piece.readableBytes();
            at += piece.readableBytes();
            position = at;
            if (demand.get() != Long.MAX_VALUE) {
                demand.decrementAndGet();
            }
            to.onNext(piece);
        }
        if (ended.get()) {
            return;
        }
        if (turn > 0) {
            source.advanced(this);
        }
        if (at >= end) {
            conclude(to, COMPLETE);
        } else if (ending != null && at >= readable) {
            conclude(to, ending);
        } else if (demand.get() > 0 && at < readable) {
            if (outlet.isFull()) {
                outlet.whenDrained(this::wake);
            } else {
                wake();
            }
        }
    }

    private void conclude(Subscriber<? super ByteBuf> to, Ending ending) {
        if (finish()) {
            switch (ending) {
                case Ending.Complete complete -> to.onComplete();
                case Ending.Broken(UpstreamFailure failure) -> to.onError(new BrokenTransfer(failure));
            }
        }
    }

    /** What it reads from: one and the same for all readers of a fill, until they go their own way. */
    public Object origin() {
        return source;
    }

    private boolean finish() {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        source.left(this);
        body.release();
        return true;
    }
}
