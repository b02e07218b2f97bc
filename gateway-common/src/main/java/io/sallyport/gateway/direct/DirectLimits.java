package io.sallyport.gateway.direct;

import java.time.Duration;

/**
 * What a connection upstream bears.
 *
 * @param response how long the head of a response may take
 * @param stall how long content that is asked for may not come
 * @param idle how long a connection without a request is kept
 * @param life how long a connection gets requests
 * @param headBytes the largest field section of a response (RFC 9113, section 6.5.2)
 * @param lineBytes the longest first line of a response over HTTP/1.1
 * @param connections how many connections an event loop may have to one peer
 */
public record DirectLimits(
        Duration response,
        Duration stall,
        Duration idle,
        Duration life,
        int headBytes,
        int lineBytes,
        int connections) {
    private static final long SHORTEST_LOOK_MILLIS = 5;
    private static final long LONGEST_LOOK_MILLIS = 1000;

    /** How often connections are looked after, in milliseconds: an eighth of the shortest limit, and at least each second. */
    long lookMillis() {
        long shortest =
                Math.min(Math.min(response.toMillis(), stall.toMillis()), Math.min(idle.toMillis(), life.toMillis()));
        return Math.clamp(shortest / 8, SHORTEST_LOOK_MILLIS, LONGEST_LOOK_MILLIS);
    }
}
