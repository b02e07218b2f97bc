package io.sallyport.pki.start;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Does what the service does by itself, one task after another. When it is closed, the task that runs is let finish, since
 * it may be writing a list or the ledger; those that were to come later are dropped.
 */
final class Clockwork extends ScheduledThreadPoolExecutor {
    private static final Duration LAST_TASK = Duration.ofSeconds(5);

    Clockwork() {
        super(1, Thread.ofPlatform().daemon().name("pki-clockwork").factory(), new DiscardPolicy());
        setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public void close() {
        shutdown();
        try {
            if (awaitTermination(LAST_TASK.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        shutdownNow();
    }
}
