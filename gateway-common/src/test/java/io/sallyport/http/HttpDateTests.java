package io.sallyport.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDateTests {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Sunday, 06-Nov-94 08:49:37 GMT",
                "Sun Nov  6 08:49:37 1994",
                "SUN, 06 NOV 1994 08:49:37 gmt"
            })
    @DisplayName("RFC 9110, section 5.6.7: all three forms are accepted; RFC 9111, section 4.2: without regard to case")
    void allFormsAreAccepted(String text) {
        assertThat(HttpDate.parse(text, NOW)).contains(Instant.parse("1994-11-06T08:49:37Z"));
    }

    @Test
    @DisplayName("RFC 9110, section 5.6.7: a two-digit year more than 50 years ahead is in the past")
    void twoDigitYearsAreNeverMoreThanFiftyYearsAhead() {
        assertThat(HttpDate.parse("Thursday, 18-Aug-50 02:01:18 GMT", NOW))
                .contains(Instant.parse("2050-08-18T02:01:18Z"));
        assertThat(HttpDate.parse("Thursday, 18-Aug-77 02:01:18 GMT", NOW))
                .contains(Instant.parse("1977-08-18T02:01:18Z"));
        assertThat(HttpDate.parse("Thursday, 18-Aug-76 02:01:18 GMT", NOW))
                .contains(Instant.parse("2076-08-18T02:01:18Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "-1",
                "foo",
                "Thu, 18 Aug 2050 02:01:18 UTC",
                "Thu, 18 Aug 2050 02:01:18 AEST",
                "Thu, 18 Aug 50 02:01:18 GMT",
                "Thu 18 Aug 2050 02:01:18 GMT",
                "Thu, 18  Aug  2050 02:01:18 GMT",
                "Thu, 18-Aug-2050 02:01:18 GMT",
                "Thu, 18 Aug 2050 02.01.18 GMT",
                "Thu, 18 Aug 2050 2:01:18 GMT",
                "Thu, 31 Feb 2050 02:01:18 GMT",
                "Thu, 18 Xyz 2050 02:01:18 GMT",
                "Thu, 18 Aug 2050 24:01:18 GMT",
                "Thu, 18 Aug 2050 02:01:61 GMT"
            })
    @DisplayName("RFC 9110, section 5.6.7: anything else is no date")
    void anythingElseIsNoDate(String text) {
        assertThat(HttpDate.parse(text, NOW)).isEmpty();
    }

    @Test
    void formattedDatesReadAsTheSameSecondInEveryForm() {
        long seed = Long.getLong("seed", 20261125L);
        Random random = new Random(seed);
        DateTimeFormatter asctime = DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT)
                .withZone(ZoneOffset.UTC);
        for (int run = 0; run < 2_000; run++) {
            Instant second = Instant.ofEpochSecond(random.nextLong(0, 253_402_300_800L));

            assertThat(HttpDate.parse(HttpDate.format(second), NOW))
                    .as("seed %d", seed)
                    .contains(second);
            assertThat(HttpDate.parse(asctime.format(second), NOW))
                    .as("seed %d", seed)
                    .contains(second);
        }
    }

    @Test
    void mutatedDatesNeverThrow() {
        long seed = Long.getLong("seed", 20261125L);
        int runs = Integer.getInteger("fuzz", 20_000);
        Random random = new Random(seed);
        for (int run = 0; run < runs; run++) {
            String text = RandomText.mutated(random, "Sun, 06 Nov 1994 08:49:37 GMT", "0123456789 :,-gGmMtTNov");

            assertThat(HttpDate.parse(text, NOW))
                    .as("seed %d, '%s'", seed, text)
                    .isNotNull();
        }
    }

    @Test
    void instantsBeyondFourDigitYearsAreCut() {
        assertThat(HttpDate.format(Instant.MAX)).isEqualTo("Fri, 31 Dec 9999 23:59:59 GMT");
        assertThat(HttpDate.format(Instant.MIN)).isEqualTo("Sat, 01 Jan 0000 00:00:00 GMT");
    }
}
