package io.sallyport.gateway.direct;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.sallyport.cache.engine.Upstream;
import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.http.ResponseHead;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request on its stream. Confined to its event loop but for {@link #resume} and {@link #cancel}. Content that comes while
 * none is wanted is held back; the connection sees to it that little does.
 */
final class DirectExchange implements Upstream.Exchange {
    private static final int MOST_RESENDINGS = 2;

    private final DirectRequest request;
    private final Receiver receiver;
    private final EventLoop loop;
    private final Function<Throwable, UpstreamFailure> failures;
    private final Deque<ByteBuf> held = new ArrayDeque<>(0);
    private @Nullable DirectConnection connection;
    private int stream;
    private int resendings;
    private boolean processed;
    private boolean headed;
    private boolean parked;
    private boolean last;
    private long awaitedSince = System.nanoTime();
    /** Written on the loop, and by a cancellation from anywhere. */
    private volatile boolean over;

    DirectExchange(
            DirectRequest request, Receiver receiver, EventLoop loop, Function<Throwable, UpstreamFailure> failures) {
        this.request = request;
        this.receiver = receiver;
        this.loop = loop;
        this.failures = failures;
    }

    DirectRequest request() {
        return request;
    }

    boolean isOver() {
        return over;
    }

    /** Whether a gate may have begun to see to it. */
    boolean wasProcessed() {
        return processed;
    }

    void startedOn(DirectConnection on, int id) {
        connection = on;
        stream = id;
        awaitedSince = System.nanoTime();
    }

    /** Whether upstream owes something for longer than it may. */
    boolean isLate(long now, DirectLimits limits) {
        long bound = (headed ? limits.stall() : limits.response()).toNanos();
        return !over && !parked && now - awaitedSince >= bound;
    }

    /** Whether it failed for want of a head, and not of content. */
    boolean isHeaded() {
        return headed;
    }

    void informational(ResponseHead head) {
        if (!over && !headed) {
            guarded(() -> receiver.informational(head));
        }
    }

    void head(ResponseHead head, String version) {
        if (!over) {
            headed = true;
            awaitedSince = System.nanoTime();
            guarded(() -> {
                if (!receiver.head(head, version)) {
                    cancel();
                }
            });
        }
    }

    /** Whether no content is wanted now. */
    boolean isParked() {
        return parked;
    }

    /** Some content, lent; returns how much of it was taken. */
    int data(ByteBuf content) {
        int size = content.readableBytes();
        if (over) {
            return size;
        }
        if (parked) {
            held.add(content.retain());
            return 0;
        }
        handOn(content);
        return size;
    }

    private void handOn(ByteBuf content) {
        awaitedSince = System.nanoTime();
        guarded(() -> parked = !receiver.data(content));
    }

    /** The end of the message, which is told when all of the content was taken. */
    void end() {
        last = true;
        if (!over && held.isEmpty()) {
            over = true;
            receiver.complete();
        }
    }

    /** Its stream is closed; nothing is lost where the message had come to its end, or it was known already. */
    void closed(UpstreamFailure failure, boolean mayBeProcessed, Lane lane, boolean stale) {
        if (over || last || connection == null) {
            return;
        }
        connection = null;
        boolean onceMore = stale && request.repeatable();
        boolean anew = !headed && (!mayBeProcessed || onceMore) && resendings < MOST_RESENDINGS;
        processed |= mayBeProcessed;
        if (anew) {
            resendings += onceMore && mayBeProcessed ? MOST_RESENDINGS : 1;
            loop.execute(() -> lane.send(this));
        } else {
            fail(failure, processed);
        }
    }

    void fail(UpstreamFailure failure, boolean mayBeProcessed) {
        if (!over) {
            over = true;
            release();
            receiver.failed(failure, mayBeProcessed);
        }
    }

    void timeOut(UpstreamFailure failure) {
        reset();
        fail(failure, true);
    }

    /** A fault on this side is this exchange's alone and not the connection's. */
    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException fault) {
            reset();
            fail(failures.apply(fault), true);
        }
    }

    @Override
    public void resume() {
        loop.execute(this::unpark);
    }

    private void unpark() {
        if (!parked || over) {
            return;
        }
        parked = false;
        awaitedSince = System.nanoTime();
        int taken = 0;
        while (!parked && !held.isEmpty()) {
            ByteBuf content = held.removeFirst();
            taken += content.readableBytes();
            try {
                handOn(content);
            } finally {
                content.release();
            }
        }
        DirectConnection on = connection;
        if (on != null) {
            on.taken(stream, taken, !parked);
        }
        if (last && !over && held.isEmpty()) {
            end();
        }
    }

    @Override
    public void cancel() {
        boolean was = over;
        over = true;
        if (!was) {
            if (loop.inEventLoop()) {
                givenUp();
            } else {
                loop.execute(this::givenUp);
            }
        }
    }

    private void givenUp() {
        reset();
        release();
    }

    private void reset() {
        DirectConnection on = connection;
        if (on != null && !last) {
            on.reset(stream);
        }
    }

    private void release() {
        held.forEach(ByteBuf::release);
        held.clear();
    }
}
