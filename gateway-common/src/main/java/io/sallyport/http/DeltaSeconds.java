package io.sallyport.http;

import java.time.Duration;
import java.util.Optional;

/** The syntax of delta-seconds: a non-negative number of seconds (RFC 9111, section 1.2.2). */
public final class DeltaSeconds {
    /** The value that stands for every greater one: 2^31 seconds (RFC 9111, section 1.2.2). */
    public static final Duration MAX = Duration.ofSeconds(1L << 31);

    private DeltaSeconds() {}

    /** The duration; digits only, saturating at {@link #MAX}; empty for anything else. */
    public static Optional<Duration> parse(String text) {
        long seconds = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!FieldParser.isDigit(c)) {
                return Optional.empty();
            }
            seconds = Math.min(MAX.toSeconds(), seconds * 10 + (c - '0'));
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
    }

    /** The whole seconds of a duration, between zero and {@link #MAX}. */
    public static long of(Duration duration) {
        return Math.clamp(duration.toSeconds(), 0, MAX.toSeconds());
    }
}
