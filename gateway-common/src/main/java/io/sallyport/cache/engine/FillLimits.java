package io.sallyport.cache.engine;

import java.time.Duration;
import java.util.Objects;

/**
 * What a fill may take of memory and of its readers' patience.
 *
 * @param windowBytes how far upstream may run ahead of the fastest reader
 * @param maxWaiters how many requests may wait for the head of one fill
 * @param waiterTimeout how long a request that joined another's fill waits for its head
 */
public record FillLimits(long windowBytes, int maxWaiters, Duration waiterTimeout) {
    /** A window of 2 MiB, 10,000 waiters, 30 seconds. */
    public static final FillLimits DEFAULT = new FillLimits(2L << 20, 10_000, Duration.ofSeconds(30));

    public FillLimits {
        if (windowBytes <= 0) {
            throw new IllegalArgumentException("windowBytes must be positive: " + windowBytes);
        }
        if (maxWaiters <= 0) {
            throw new IllegalArgumentException("maxWaiters must be positive: " + maxWaiters);
        }
        Objects.requireNonNull(waiterTimeout);
    }
}
