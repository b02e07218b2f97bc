package io.sallyport.identity.node;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.CRC32;

/** When a node renews: from a third of the lifetime on, later by a part that its name decides, sooner after failures. */
final class RenewalSchedule {
    private static final Duration FIRST_RETRY = Duration.ofSeconds(2);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(5);
    private static final int JITTER_STEPS = 1024;

    private RenewalSchedule() {}

    /** The time of the first attempt: after 1/3 of the lifetime and before 5/12 of it. */
    static Instant firstAttempt(Instant notBefore, Instant notAfter, String node) {
        Duration lifetime = Duration.between(notBefore, notAfter);
        CRC32 hash = new CRC32();
        hash.update(node.getBytes(StandardCharsets.UTF_8));
        Duration jitter = lifetime.dividedBy(12)
                .multipliedBy(hash.getValue() % JITTER_STEPS)
                .dividedBy(JITTER_STEPS);
        return notBefore.plus(lifetime.dividedBy(3)).plus(jitter);
    }

    /** How long to wait after so many failures in a row: doubling from 2 s, 5 min at most. */
    static Duration retryAfter(int failures) {
        Duration doubled = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 20));
        return doubled.compareTo(LONGEST_RETRY) < 0 ? doubled : LONGEST_RETRY;
    }
}
