package io.sallyport.gateway.observe;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.sallyport.gateway.setting.GateProperties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.context.SmartLifecycle;

/**
 * Measures how late event loops come to their tasks: {@code sallyport.eventloop.delay}, by tier. A loop that blocks, or has
 * more to do than its core can, shows as a delay of all its connections.
 */
public final class EventLoopDelay implements SmartLifecycle {
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final EventLoopGroup loops;
    private final Timer delays;
    private final List<ScheduledFuture<?>> running = new ArrayList<>();

    public EventLoopDelay(EventLoopGroup loops, MeterRegistry registry, GateProperties.Tier tier) {
        this.loops = loops;
        this.delays = Timer.builder("sallyport.eventloop.delay")
                .tag("tier", tier.label())
                .description("How late event loops come to a task that is due")
                .register(registry);
    }

    @Override
    public synchronized void start() {
        for (EventExecutor loop : loops) {
            Probe probe = new Probe();
            running.add(
                    loop.scheduleWithFixedDelay(probe, INTERVAL.toNanos(), INTERVAL.toNanos(), TimeUnit.NANOSECONDS));
        }
    }

    @Override
    public synchronized void stop() {
        running.forEach(task -> task.cancel(false));
        running.clear();
    }

    @Override
    public synchronized boolean isRunning() {
        return !running.isEmpty();
    }

    /** Runs on one loop only. */
    private final class Probe implements Runnable {
        private long due = System.nanoTime() + INTERVAL.toNanos();

        @Override
        public void run() {
            long now = System.nanoTime();
            delays.record(Math.max(0, now - due), TimeUnit.NANOSECONDS);
            due = now + INTERVAL.toNanos();
        }
    }
}
