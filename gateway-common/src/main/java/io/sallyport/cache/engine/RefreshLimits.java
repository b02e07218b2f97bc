package io.sallyport.cache.engine;

import java.time.Duration;

/**
 * How stored responses are refreshed in the background.
 *
 * @param atOnce how many refreshes may be under way
 * @param firstPause how long a key is left alone after its refresh failed; doubled with each further failure
 * @param longestPause the most that this comes to
 */
public record RefreshLimits(int atOnce, Duration firstPause, Duration longestPause) {
    /** 64 at once, pauses of 1 second to 1 minute. */
    public static final RefreshLimits DEFAULT = new RefreshLimits(64, Duration.ofSeconds(1), Duration.ofMinutes(1));

    public RefreshLimits {
        if (atOnce <= 0) {
            throw new IllegalArgumentException("atOnce must be positive: " + atOnce);
        }
        if (firstPause.isNegative() || longestPause.compareTo(firstPause) < 0) {
            throw new IllegalArgumentException(
                    "pauses must not be negative, nor the first the longer: " + firstPause + ", " + longestPause);
        }
    }

    /** The same with another number of refreshes at once. */
    public RefreshLimits withAtOnce(int number) {
        return new RefreshLimits(number, firstPause, longestPause);
    }
}
