package io.sallyport.cache.store;

import io.sallyport.cache.Freshness;
import io.sallyport.cache.StoredResponse;
import java.time.Duration;
import java.time.Instant;

/**
 * The last purges of one scope: responses of a generation below {@code hard} are gone, below {@code soft} stale.
 *
 * @param softSince when the last soft purge came
 */
record PurgeMark(long hard, long soft, Instant softSince) {
    static final PurgeMark NONE = new PurgeMark(0, 0, Instant.EPOCH);

    static PurgeMark of(Purge.Effect effect, long sequence, Instant now) {
        return switch (effect) {
            case HARD -> new PurgeMark(sequence, 0, Instant.EPOCH);
            case SOFT -> new PurgeMark(0, sequence, now);
        };
    }

    /** A mark that ends whatever either of the two ends. */
    PurgeMark and(PurgeMark other) {
        PurgeMark softer = soft >= other.soft ? this : other;
        return new PurgeMark(Math.max(hard, other.hard), softer.soft, softer.softSince);
    }

    Validity judge(long generation) {
        if (generation < hard) {
            return Validity.GONE;
        }
        return generation < soft ? Validity.STALE : Validity.VALID;
    }

    /**
     * A response that the soft purge covers, with a lifetime that ended when the purge came. It is past the purge, but
     * never past a place in the sequence that was not seen: a hard purge could hide there.
     */
    StoredResponse softened(StoredResponse response, long seen) {
        Freshness was = response.freshness();
        Duration age = was.currentAge(softSince);
        Freshness now = new Freshness(
                was.requestTime(),
                was.responseTime(),
                was.correctedInitialAge(),
                age.compareTo(was.lifetime()) < 0 ? age : was.lifetime(),
                was.staleWhileRevalidate(),
                was.staleIfError(),
                was.noCache(),
                was.mustRevalidate());
        return response.freshened(response.head(), now, Math.max(response.generation(), Math.min(soft, seen)));
    }

    long latest() {
        return Math.max(hard, soft);
    }
}
