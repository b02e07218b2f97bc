package io.sallyport.cache.engine;

import io.netty.buffer.ByteBuf;
import io.sallyport.http.ResponseHead;
import java.util.OptionalLong;

/**
 * Hands on to a sink the missing part of a content that broke off, if upstream sends exactly that; the head is not handed
 * on. Anything else that upstream sends is dropped.
 */
final class Continuation implements Upstream.Sink {
    private final Remainder remainder;
    private final Upstream.Sink sink;
    private final Runnable refused;
    private OptionalLong missing = OptionalLong.empty();
    private boolean dropped;

    /**
     * A sink for one exchange.
     *
     * @param remainder what is missing
     * @param sink takes it
     * @param refused runs when upstream sends something else; the exchange is then to be cancelled
     */
    Continuation(Remainder remainder, Upstream.Sink sink, Runnable refused) {
        this.remainder = remainder;
        this.sink = sink;
        this.refused = refused;
    }

    @Override
    public void informational(ResponseHead head) {
        // The final head has been sent long ago.
    }

    @Override
    public void head(ResponseHead head, boolean shareable) {
        OptionalLong complete = shareable ? remainder.completedBy(head) : OptionalLong.empty();
        if (complete.isPresent()) {
            missing = OptionalLong.of(complete.getAsLong() - remainder.first());
        } else {
            dropped = true;
            refused.run();
        }
    }

    @Override
    public boolean data(ByteBuf content) {
        if (missing.isEmpty()) {
            return true;
        }
        missing = OptionalLong.of(missing.getAsLong() - content.readableBytes());
        return sink.data(content);
    }

    @Override
    public void complete() {
        if (missing.isEmpty()) {
            return;
        }
        if (missing.getAsLong() == 0) {
            sink.complete();
        } else {
            sink.failed(new UpstreamFailure(
                    UpstreamFailure.Kind.DISCONNECT, "content is not as long as Content-Range says"));
        }
    }

    @Override
    public void failed(UpstreamFailure failure) {
        if (!dropped) {
            sink.failed(failure);
        }
    }
}
