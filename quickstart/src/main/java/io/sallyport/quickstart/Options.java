package io.sallyport.quickstart;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the user wants, validated.
 *
 * @param origin the origin, or null for the sample origin
 * @param state the state directory
 * @param edges how many edges, 1 to 8
 * @param ports the listeners' ports
 * @param cacheMode how the gates cache
 * @param accessLog the form of the access log
 */
record Options(
        @Nullable OriginUrl origin, Path state, int edges, Ports ports, CacheMode cacheMode, AccessLog accessLog) {
    static final int MAX_EDGES = 8;

    Options {
        if (edges < 1 || edges > MAX_EDGES) {
            throw new CannotStartException("--edges must be 1 to %d: %d".formatted(MAX_EDGES, edges));
        }
    }
}
