package io.sallyport.gateway.hit;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends what was written to the connections of an event loop at the end of its turn, when all that came has been read: the
 * code that reads stays in the processor's caches, then the code that writes, and whoever waits for several answers is woken
 * once. Confined to its loop.
 */
final class TurnFlush implements Runnable {
    private static final FastThreadLocal<TurnFlush> OF_LOOP = new FastThreadLocal<>() {
        @Override
        protected TurnFlush initialValue() {
            return new TurnFlush();
        }
    };

    private final List<ChannelHandlerContext> waiting = new ArrayList<>();

    private TurnFlush() {}

    /** Calls the flush of a handler of the calling loop at the end of the turn, with its context. */
    static void later(ChannelHandlerContext context) {
        OF_LOOP.get().add(context);
    }

    private void add(ChannelHandlerContext context) {
        waiting.add(context);
        if (waiting.size() == 1) {
            context.executor().execute(this);
        }
    }

    @Override
    public void run() {
        for (int i = 0; i < waiting.size(); i++) {
            ((HitHandler) waiting.get(i).handler()).flush(waiting.get(i));
        }
        waiting.clear();
    }
}
