package io.sallyport.gateway.hit;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends what was written to the connections of an event loop at the end of its turn, when all that came has been read: the
 * code that reads stays in the processor's caches, then the code that writes, and whoever waits for several answers is woken
 * once. Where a turn has many requests it does so after each few. Confined to its loop.
 */
final class TurnFlush implements Runnable {
    private static final FastThreadLocal<TurnFlush> OF_LOOP = new FastThreadLocal<>() {
        @Override
        protected TurnFlush initialValue() {
            return new TurnFlush();
        }
    };

    /** How many connections wait for the end of the turn: what was written to more would have left the processor's caches. */
    private static final int MOST = 32;

    private final List<ChannelHandlerContext> waiting = new ArrayList<>(MOST);
    private boolean scheduled;

    private TurnFlush() {}

    /** Calls the flush of a handler of the calling loop at the end of the turn, with its context. */
    static void later(ChannelHandlerContext context) {
        OF_LOOP.get().add(context);
    }

    private void add(ChannelHandlerContext context) {
        waiting.add(context);
        if (waiting.size() == MOST) {
            flush();
        } else if (!scheduled) {
            scheduled = true;
            context.executor().execute(this);
        }
    }

    @Override
    public void run() {
        scheduled = false;
        flush();
    }

    private void flush() {
        for (int i = 0; i < waiting.size(); i++) {
            ((HitHandler) waiting.get(i).handler()).flush(waiting.get(i));
        }
        waiting.clear();
    }
}
