package io.sallyport.cache.rule;

import static io.sallyport.cache.rule.Messages.RFC;
import static io.sallyport.cache.rule.Messages.SECURE;
import static io.sallyport.cache.rule.Messages.TRUSTING;
import static io.sallyport.cache.rule.Messages.at;
import static io.sallyport.cache.rule.Messages.get;
import static io.sallyport.cache.rule.Messages.stored;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.rule.ReuseRule.ErrorKind;
import io.sallyport.cache.rule.ReuseRule.Reuse;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReuseRuleTests {
    private static StoredResponse cached(String control) {
        return stored(RFC, "Cache-Control", control, "ETag", "\"a\"");
    }

    private static Reuse judge(String control, double seconds) {
        return ReuseRule.judge(get(), cached(control), at(seconds), RFC);
    }

    private static Reuse demand(String directives, String control, double seconds, CachePolicy policy) {
        return ReuseRule.judge(get("Cache-Control", directives), cached(control), at(seconds), policy);
    }

    @Test
    @DisplayName("RFC 9111, section 4.2: fresh is lifetime > current age")
    void freshWhileTheLifetimeExceedsTheAge() {
        assertThat(judge("max-age=60", 59)).isEqualTo(new Reuse.Fresh(Duration.ofSeconds(59), Duration.ofSeconds(1)));
        assertThat(judge("max-age=60", 60))
                .isEqualTo(new Reuse.Validate("stale", Duration.ofSeconds(60), Duration.ZERO));
    }

    @Test
    @DisplayName("RFC 9111, section 5.2.2.4: no-cache is never reused without validation, not even stale")
    void noCacheIsAlwaysValidated() {
        assertThat(judge("max-age=60, no-cache, stale-while-revalidate=60", 0)).isInstanceOf(Reuse.Validate.class);
        assertThat(ReuseRule.mayServeOnError(
                        cached("max-age=60, no-cache, stale-if-error=60"), get(), at(1), RFC, ErrorKind.DISCONNECT))
                .isFalse();
    }

    @Test
    @DisplayName("RFC 5861, section 3: stale-while-revalidate counts from the end of the lifetime")
    void staleWhileRevalidate() {
        assertThat(judge("max-age=10, stale-while-revalidate=5", 15))
                .isEqualTo(new Reuse.StaleWhileRevalidate(Duration.ofSeconds(15), Duration.ofSeconds(-5)));
        assertThat(judge("max-age=10, stale-while-revalidate=5", 15.001)).isInstanceOf(Reuse.Validate.class);
    }

    @Test
    @DisplayName(
            "Deviation from RFC 9111, section 5.2.2.10: an explicit stale-while-revalidate wins over s-maxage alone")
    void explicitAllowancesWinOverSMaxage() {
        assertThat(judge("s-maxage=10, stale-while-revalidate=5", 12)).isInstanceOf(Reuse.StaleWhileRevalidate.class);
        assertThat(judge("s-maxage=10, must-revalidate, stale-while-revalidate=5", 12))
                .isInstanceOf(Reuse.Validate.class);
        assertThat(mayServe("s-maxage=10, stale-if-error=5", 12, ErrorKind.SERVER_ERROR))
                .isTrue();
        assertThat(mayServe("s-maxage=10, stale-while-revalidate=5", 12, ErrorKind.DISCONNECT))
                .isFalse();
    }

    private static boolean mayServe(String control, long seconds, ErrorKind kind) {
        return ReuseRule.mayServeOnError(cached(control), get(), at(seconds), RFC, kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"must-revalidate", "proxy-revalidate", "no-cache", "s-maxage=2"})
    @DisplayName("RFC 9111, section 4.2.4: stale is not served where it is prohibited, on no kind of failure")
    void staleIsNotServedWhereItIsProhibited(String directive) {
        for (ErrorKind kind : ErrorKind.values()) {
            assertThat(mayServe("max-age=2, " + directive, 3, kind)).isFalse();
        }
    }

    @Test
    @DisplayName("RFC 9111, section 4.2.4: stale is served when disconnected, within the cap of the route")
    void staleWhenDisconnected() {
        assertThat(mayServe("max-age=2", 3, ErrorKind.DISCONNECT)).isTrue();
        assertThat(mayServe("max-age=2", 3, ErrorKind.SERVER_ERROR)).isFalse();
        assertThat(mayServe("max-age=2", 2 + RFC.staleCap().toSeconds() + 1, ErrorKind.DISCONNECT))
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("RFC 5861, section 4: stale-if-error holds for every failure, and no longer than it says")
    void staleIfError(ErrorKind kind) {
        assertThat(mayServe("max-age=2, stale-if-error=10", 12, kind)).isTrue();
        assertThat(mayServe("max-age=2, stale-if-error=10", 13, ErrorKind.SERVER_ERROR))
                .isFalse();
        assertThat(mayServe("max-age=60", 3, kind)).as("still fresh").isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"no-cache", "max-age=0", "max-age=5", "min-fresh=55", "max-age=x", "no-cache, max-age=99"})
    @DisplayName("RFC 9111, section 5.2.1: client directives count where clients are trusted and nowhere else")
    void clientDirectives(String directives) {
        assertThat(demand(directives, "max-age=60", 6, TRUSTING)).isInstanceOf(Reuse.Validate.class);
        assertThat(demand(directives, "max-age=60", 6, SECURE)).isInstanceOf(Reuse.Fresh.class);
        assertThat(demand(directives, "max-age=60", 6, RFC)).isInstanceOf(Reuse.Fresh.class);
    }

    @Test
    @DisplayName("RFC 9111, section 5.2.1.2: max-stale takes a stale response unless it must be revalidated")
    void maxStale() {
        assertThat(demand("max-stale", "max-age=5", 6, TRUSTING))
                .isEqualTo(new Reuse.Fresh(Duration.ofSeconds(6), Duration.ofSeconds(-1)));
        assertThat(demand("max-stale=5", "max-age=5", 10, TRUSTING)).isInstanceOf(Reuse.Fresh.class);
        assertThat(demand("max-stale=5", "max-age=5", 11, TRUSTING)).isInstanceOf(Reuse.Validate.class);
        assertThat(demand("max-stale", "max-age=5, must-revalidate", 6, TRUSTING))
                .isInstanceOf(Reuse.Validate.class);
        assertThat(demand("max-stale", "max-age=5", 6, RFC)).isInstanceOf(Reuse.Validate.class);
    }

    @Test
    @DisplayName("RFC 9111, section 5.4: Pragma counts only where there is no Cache-Control")
    void pragma() {
        StoredResponse stored = cached("max-age=60");

        assertThat(ReuseRule.judge(get("Pragma", "no-cache"), stored, at(1), TRUSTING))
                .isInstanceOf(Reuse.Validate.class);
        assertThat(ReuseRule.judge(get("Pragma", "no-cache", "Cache-Control", "x"), stored, at(1), TRUSTING))
                .isInstanceOf(Reuse.Fresh.class);
        assertThat(ReuseRule.judge(get("Pragma", "foo"), stored, at(1), TRUSTING))
                .isInstanceOf(Reuse.Fresh.class);
        assertThat(ReuseRule.judge(get("Pragma", "no-cache"), stored, at(1), SECURE))
                .isInstanceOf(Reuse.Fresh.class);
    }

    @Test
    @DisplayName("RFC 9111, section 5.2.1.7: only-if-cached is honoured from anyone")
    void onlyIfCached() {
        assertThat(ReuseRule.onlyIfCached(get("Cache-Control", "Only-If-Cached"), SECURE))
                .isTrue();
        assertThat(ReuseRule.onlyIfCached(get("Cache-Control", "x=\"only-if-cached\""), SECURE))
                .isFalse();
        assertThat(ReuseRule.onlyIfCached(get(), SECURE)).isFalse();
    }

    @Test
    void agreesWithANaiveReferenceOverRandomTimes() {
        long seed = Long.getLong("seed", 20261125L);
        Random random = new Random(seed);
        for (int run = 0; run < 20_000; run++) {
            int maxAge = random.nextInt(20);
            int window = random.nextInt(20);
            boolean must = random.nextInt(4) == 0;
            int now = random.nextInt(60);
            String control =
                    "max-age=" + maxAge + ", stale-while-revalidate=" + window + (must ? ", must-revalidate" : "");
            Class<? extends Reuse> expected = now < maxAge
                    ? Reuse.Fresh.class
                    : !must && window > 0 && now - maxAge <= window
                            ? Reuse.StaleWhileRevalidate.class
                            : Reuse.Validate.class;

            assertThat(judge(control, now))
                    .as("seed %d, %s at %d", seed, control, now)
                    .isInstanceOf(expected);
        }
    }
}
