package io.sallyport.gateway.setting;

import io.sallyport.cache.engine.FillLimits;
import io.sallyport.cache.engine.RefreshLimits;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the fetches that many may share, prefix {@code sallyport.fill}.
 *
 * @param window how far the origin's content may run ahead of the fastest reader of a fetch [64KB or more]
 * @param maxWaiters how many requests may wait for the head of one response; more get 503 [1 or more]
 * @param waiterTimeout how long a request that joined another's fetch waits for the head; then 504 [more than 0]
 * @param maxRefreshes how many stored responses may be validated in the background (stale-while-revalidate) at a time; others
 *     stay stale until a later request [1 or more]
 * @param stallTimeout how long the origin may send no content while content is asked for; not counted while clients
 *     have enough [more than 0]
 * @param direct whether fetches of routes without filters of their own go past Spring's
 */
@ConfigurationProperties(value = "sallyport.fill", ignoreUnknownFields = false)
public record FillProperties(
        @DefaultValue("2MB") DataSize window,
        @DefaultValue("10000") int maxWaiters,
        @DefaultValue("30s") Duration waiterTimeout,
        @DefaultValue("64") int maxRefreshes,
        @DefaultValue("60s") Duration stallTimeout,
        @DefaultValue("true") boolean direct) {
    public FillProperties {
        if (window.toBytes() < DataSize.ofKilobytes(64).toBytes()) {
            throw new IllegalArgumentException("sallyport.fill.window must be at least 64KB: " + window);
        }
        if (maxWaiters < 1) {
            throw new IllegalArgumentException("sallyport.fill.max-waiters must be at least 1: " + maxWaiters);
        }
        if (maxRefreshes < 1) {
            throw new IllegalArgumentException("sallyport.fill.max-refreshes must be at least 1: " + maxRefreshes);
        }
        positive("waiter-timeout", waiterTimeout);
        positive("stall-timeout", stallTimeout);
    }

    private static void positive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException("sallyport.fill." + name + " must be positive: " + value);
        }
    }

    /** How much one fill may hold and who may wait for it. */
    public FillLimits limits() {
        return new FillLimits(window.toBytes(), maxWaiters, waiterTimeout);
    }

    /** How many validations may run beside the requests that they are not awaited by. */
    public RefreshLimits refreshLimits() {
        return RefreshLimits.DEFAULT.withAtOnce(maxRefreshes);
    }
}
