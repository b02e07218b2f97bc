package io.sallyport.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sallyport.cache.CacheKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Background refreshes are bounded, and wait after failures. */
class RefreshPaceTests {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final RefreshPace pace = new RefreshPace(
            new RefreshLimits(2, Duration.ofSeconds(1), Duration.ofMinutes(1)), () -> now, new Random(1));

    private static CacheKey key(int i) {
        return new CacheKey("r", "https", "a.example", "/" + i, null);
    }

    private void fails(int i) {
        assertThat(pace.begins(key(i))).isTrue();
        pace.ended(key(i), true);
    }

    @Test
    void noMoreThanSomeAtOnce() {
        assertThat(pace.begins(key(1))).isTrue();
        assertThat(pace.begins(key(2))).isTrue();
        assertThat(pace.begins(key(3))).isFalse();
        pace.ended(key(1), false);
        assertThat(pace.begins(key(3))).isTrue();
        pace.withdrawn();
        assertThat(pace.begins(key(4))).isTrue();
    }

    @Test
    void aFailureIsFollowedByAPauseThatDoubles() {
        Duration longest = Duration.ofSeconds(1);
        for (int failures = 1; failures < 12; failures++) {
            fails(1);
            assertThat(pace.begins(key(1))).as("failures: %d", failures).isFalse();
            now = now.plus(longest.dividedBy(2)).minusMillis(1);
            assertThat(pace.begins(key(1))).as("failures: %d", failures).isFalse();
            now = now.plus(longest.dividedBy(2)).plusMillis(1);
            longest = longest.multipliedBy(2).compareTo(Duration.ofMinutes(1)) > 0
                    ? Duration.ofMinutes(1)
                    : longest.multipliedBy(2);
        }
        assertThat(pace.begins(key(2))).as("another key").isTrue();
    }

    @Test
    void anAnswerEndsThePauses() {
        fails(1);
        now = now.plusSeconds(1);
        fails(1);
        now = now.plusSeconds(2);
        assertThat(pace.begins(key(1))).isTrue();
        pace.ended(key(1), false);
        fails(1);
        now = now.plusSeconds(1);
        assertThat(pace.begins(key(1))).isTrue();
    }

    @Test
    void pausesAreSpread() {
        Set<Integer> ends = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            fails(i);
        }
        for (int millis = 0; millis < 1000; millis += 50) {
            for (int i = 0; i < 100; i++) {
                if (pace.begins(key(i))) {
                    pace.withdrawn();
                    ends.add(millis);
                }
            }
            now = now.plusMillis(50);
        }
        assertThat(ends).hasSizeGreaterThan(8).allMatch(millis -> millis >= 500);
    }

    @Test
    void limitsMustMakeSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RefreshLimits(0, Duration.ZERO, Duration.ZERO))
                .withMessageContaining("atOnce must be positive: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RefreshLimits(1, Duration.ofSeconds(2), Duration.ofSeconds(1)));
    }
}
