package io.sallyport.cache.engine;

import java.time.Instant;
import java.util.Objects;

/**
 * Why the last answer of a key was not stored.
 *
 * @param reason a word of {@link io.sallyport.cache.rule.StoringRule}, or {@code too-large}, {@code no-room},
 *     {@code hit-for-miss}, or {@code not-shared} where another route or filter answered or it was invalidated on its way
 * @param status its status code
 * @param at when its head came
 */
public record NotStored(String reason, int status, Instant at) {
    public NotStored {
        Objects.requireNonNull(reason);
        Objects.requireNonNull(at);
    }
}
