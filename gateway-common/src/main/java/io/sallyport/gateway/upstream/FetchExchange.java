package io.sallyport.gateway.upstream;

import io.sallyport.cache.engine.Upstream;
import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Schedulers;

/**
 * One run of Spring's handler on behalf of a fill. It is found in the Reactor context of the run, under its class, by the
 * filters that have to do with fills, and passes on to the sink what the run brings. Every exchange has exactly one end.
 */
public final class FetchExchange implements Upstream.Exchange {
    /** Since when content is awaited, in nanoseconds, while none is. */
    private static final long PARKED = Long.MIN_VALUE;

    /** Whom an exchange is for. */
    public enum Purpose {
        /** Customers wait for it. */
        CUSTOMER,
        /** The cache validates what it serves stale meanwhile. */
        REFRESH
    }

    /**
     * What an exchange comes from.
     *
     * @param keyId the route that the gate chose, with its definition
     * @param version the version of HTTP of the request that the fill was begun for
     * @param purpose whom it is for
     * @param id its name in access logs; empty where there is no log
     */
    public record Origin(String keyId, String version, Purpose purpose, String id) {}

    private final Origin origin;
    private final Upstream.Sink sink;
    private final Duration stallTimeout;
    /** Written under this exchange's lock, under which content is handed on too: after the end none comes. */
    private volatile boolean ended;

    private volatile boolean routed;
    private volatile boolean headed;
    private volatile boolean cancelled;
    private volatile @Nullable Disposable run;
    private volatile @Nullable Content content;

    public FetchExchange(Origin origin, Upstream.Sink sink, Duration stallTimeout) {
        this.origin = origin;
        this.sink = sink;
        this.stallTimeout = stallTimeout;
    }

    /** The version of the request that the fill was begun for. */
    String version() {
        return origin.version();
    }

    /** Its name in access logs; empty where there is no log. */
    String id() {
        return origin.id();
    }

    Purpose purpose() {
        return origin.purpose();
    }

    /** What is to be disposed of when nobody wants the response any more. */
    public void running(Disposable started) {
        run = started;
        if (cancelled) {
            started.dispose();
        }
    }

    /** Spring chose the route of this definition. */
    public void routed(String chosen) {
        routed = chosen.equals(origin.keyId());
    }

    void informational(ResponseHead interim) {
        sink.informational(interim);
    }

    /** The final head; only the first one counts. */
    public void head(ResponseHead head) {
        if (!ended && !headed) {
            headed = true;
            sink.head(head, routed);
        }
    }

    /** The run has come to its end without an error of its own. */
    public void finished() {
        if (end()) {
            if (headed) {
                sink.complete();
            } else {
                sink.failed(new UpstreamFailure(UpstreamFailure.Kind.INTERNAL, "no response"));
            }
        }
    }

    /** The run has failed; only the first end counts. */
    public void fail(Throwable error) {
        if (end()) {
            sink.failed(Failures.of(error));
        }
    }

    private void stalled() {
        if (end()) {
            dispose();
            sink.failed(new UpstreamFailure(UpstreamFailure.Kind.TIMEOUT, "content stalled"));
        }
    }

    private synchronized boolean end() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    private synchronized boolean handOn(DataBuffer buffer) {
        return ended || sink.data(NettyDataBufferFactory.toByteBuf(buffer));
    }

    @Override
    public void resume() {
        Content flowing = content;
        if (flowing != null) {
            flowing.more();
        }
    }

    @Override
    public void cancel() {
        end();
        dispose();
    }

    private void dispose() {
        cancelled = true;
        Disposable running = run;
        if (running != null) {
            running.dispose();
        }
    }

    /** The subscriber of the response's content; tells the writer when it is done. */
    public BaseSubscriber<DataBuffer> content(MonoSink<Void> writer) {
        Content flowing = new Content(writer);
        content = flowing;
        return flowing;
    }

    private final class Content extends BaseSubscriber<DataBuffer> {
        private final MonoSink<Void> writer;
        private volatile long awaitedSince = PARKED;
        private volatile @Nullable Disposable stallCheck;

        Content(MonoSink<Void> writer) {
            this.writer = writer;
            writer.onCancel(this);
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            long period = Math.max(1, stallTimeout.toMillis() / 4);
            stallCheck =
                    Schedulers.parallel().schedulePeriodically(this::checkStall, period, period, TimeUnit.MILLISECONDS);
            more();
        }

        @Override
        protected void hookOnNext(DataBuffer buffer) {
            boolean wanted;
            awaitedSince = PARKED;
            try {
                wanted = handOn(buffer);
            } finally {
                DataBufferUtils.release(buffer);
            }
            if (wanted) {
                more();
            }
        }

        void more() {
            awaitedSince = System.nanoTime();
            request(1);
        }

        /** While nothing is asked for, since the readers have enough, upstream may be silent as long as it likes. */
        private void checkStall() {
            long since = awaitedSince;
            if (since != PARKED && System.nanoTime() - since >= stallTimeout.toNanos()) {
                stalled();
            }
        }

        @Override
        protected void hookOnComplete() {
            finished();
            writer.success();
        }

        @Override
        protected void hookOnError(Throwable error) {
            // The fill has seen the fault itself; the chain must not take it for a customer who left.
            fail(error);
            writer.success();
        }

        @Override
        protected void hookFinally(SignalType type) {
            content = null;
            Disposable check = stallCheck;
            if (check != null) {
                check.dispose();
            }
        }
    }
}
