package io.sallyport.cache.engine;

import java.util.concurrent.Executor;

/**
 * Where an answer goes: a connection, or an HTTP/2 stream, with its event loop. Queues a task on that loop; never runs it
 * within the call. Without more said, it takes whatever comes.
 */
@FunctionalInterface
public interface Outlet extends Executor {
    /** Whether what is written to it is copied before it is sent, as TLS and the frames of HTTP/2 have it. */
    default boolean copies() {
        return true;
    }

    /** Whether it holds as much unsent content as it is to hold. On the loop. */
    default boolean isFull() {
        return false;
    }

    /** Runs a task, on the loop, once it is not full any more; of several tasks the last. On the loop. */
    default void whenDrained(Runnable task) {
        execute(task);
    }
}
