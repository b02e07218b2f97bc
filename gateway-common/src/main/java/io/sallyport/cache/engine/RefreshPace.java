package io.sallyport.cache.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sallyport.cache.CacheKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;

/**
 * Whether a stored response may be refreshed in the background now: not more than some at once, and after a failure not
 * before a pause, which doubles with each further one. Pauses are drawn from their upper half, so that the refreshes that
 * one outage ended do not all come back together. What is remembered is bounded. Thread-safe.
 */
final class RefreshPace {
    private static final long MAX_CHARACTERS = 1 << 20;
    private static final int OVERHEAD = 200;
    private static final int MAX_DOUBLINGS = 20;

    private final RefreshLimits limits;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Semaphore running;
    private final Cache<CacheKey, Pause> pauses = Caffeine.newBuilder()
            .maximumWeight(MAX_CHARACTERS)
            .weigher((CacheKey key, Pause pause) -> key.length() + OVERHEAD)
            .executor(Runnable::run)
            .build();

    private record Pause(int failures, Instant until) {}

    RefreshPace(RefreshLimits limits, InstantSource clock, RandomGenerator random) {
        this.limits = limits;
        this.clock = clock;
        this.random = random;
        this.running = new Semaphore(limits.atOnce());
    }

    /** Whether a refresh may begin; if so it is counted until it {@link #ended} or is {@link #withdrawn}. */
    boolean begins(CacheKey key) {
        Pause pause = pauses.getIfPresent(key);
        return (pause == null || !clock.instant().isBefore(pause.until())) && running.tryAcquire();
    }

    /** A refresh that had begun did not come about. */
    void withdrawn() {
        running.release();
    }

    /**
     * A refresh that had begun is over.
     *
     * @param failed whether upstream failed, or answered with a server error
     */
    void ended(CacheKey key, boolean failed) {
        running.release();
        if (!failed) {
            pauses.invalidate(key);
            return;
        }
        pauses.asMap().compute(key, (_, before) -> {
            int failures = before == null ? 1 : before.failures() + 1;
            return new Pause(failures, clock.instant().plus(pause(failures)));
        });
    }

    private Duration pause(int failures) {
        Duration longest = limits.firstPause().multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
        Duration capped = longest.compareTo(limits.longestPause()) < 0 ? longest : limits.longestPause();
        long millis = capped.toMillis();
        return Duration.ofMillis(millis - random.nextLong(millis / 2 + 1));
    }
}
