package io.sallyport.cache.engine;

import io.netty.buffer.ByteBuf;
import io.sallyport.cache.store.ResponseStore;
import io.sallyport.cache.store.SegmentedBody;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One reader's own way to the rest of a content that the other readers of its fill have left behind: a range request, at
 * that reader's pace. Thread-safe.
 */
final class Tail implements Upstream.Sink, ContentReader.Source {
    private static final long WINDOW_BYTES = 256 << 10;

    private final Object lock = new Object();
    private final Remainder remainder;
    private final ContentReader reader;
    private final SegmentedBody body;
    private Upstream.@Nullable Exchange exchange;
    private boolean parked;
    private boolean over;
    private volatile ContentReader.@Nullable Ending ending;

    private Tail(Remainder remainder, ContentReader reader, SegmentedBody body) {
        this.remainder = remainder;
        this.reader = reader;
        this.body = body;
    }

    /**
     * Sends the reader its own way. On the reader's loop.
     *
     * @param whole the request that the fill had sent
     */
    static void begin(
            Remainder remainder, RequestHead whole, ContentReader reader, ResponseStore store, Upstream upstream) {
        SegmentedBody body = store.newBody(OptionalLong.empty());
        if (!body.retain()) {
            throw new IllegalStateException("a new body must be alive");
        }
        Tail tail = new Tail(remainder, reader, body);
        reader.moveTo(body, tail);
        Upstream.Sink sink = new Continuation(remainder, tail, tail::refused);
        tail.running(upstream.fetch(remainder.request(whole), sink));
    }

    private void running(Upstream.Exchange started) {
        boolean superfluous;
        synchronized (lock) {
            exchange = started;
            superfluous = over;
        }
        if (superfluous) {
            started.cancel();
        }
    }

    @Override
    public void informational(ResponseHead head) {
        // The final head has been sent long ago.
    }

    @Override
    public void head(ResponseHead head, boolean shareable) {
        // The continuation keeps it to itself.
    }

    private void refused() {
        end(new ContentReader.Ending.Broken(new UpstreamFailure(
                UpstreamFailure.Kind.PROTOCOL, "the rest for a slow reader is of another representation")));
        cancel();
    }

    @Override
    public boolean data(ByteBuf content) {
        boolean wanted;
        synchronized (lock) {
            if (over) {
                return true;
            }
            body.append(content);
            wanted = wantsMore();
            parked = !wanted;
        }
        reader.wake();
        return wanted;
    }

    private boolean wantsMore() {
        return remainder.first() + body.available() - reader.position() < WINDOW_BYTES;
    }

    @Override
    public void complete() {
        end(new ContentReader.Ending.Complete());
    }

    @Override
    public void failed(UpstreamFailure failure) {
        end(new ContentReader.Ending.Broken(failure));
    }

    private void end(ContentReader.Ending how) {
        synchronized (lock) {
            if (over) {
                return;
            }
            over = true;
            ending = how;
            body.release();
        }
        reader.wake();
    }

    @Override
    public ContentReader.@Nullable Ending ending() {
        return ending;
    }

    @Override
    public void advanced(ContentReader moved) {
        Upstream.Exchange resumed = null;
        synchronized (lock) {
            if (over) {
                return;
            }
            body.trimBefore(moved.position() - remainder.first());
            if (parked && wantsMore()) {
                parked = false;
                resumed = exchange;
            }
        }
        if (resumed != null) {
            resumed.resume();
        }
    }

    @Override
    public void left(ContentReader gone) {
        synchronized (lock) {
            if (over) {
                return;
            }
            over = true;
            body.release();
        }
        cancel();
    }

    @Override
    public void detached(ContentReader gone) {
        // It is alone here, and is never asked to leave.
    }

    private void cancel() {
        Upstream.Exchange running;
        synchronized (lock) {
            running = exchange;
        }
        if (running != null) {
            running.cancel();
        }
    }
}
