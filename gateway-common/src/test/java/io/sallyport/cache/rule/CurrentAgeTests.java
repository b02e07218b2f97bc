package io.sallyport.cache.rule;

import static io.sallyport.cache.rule.Messages.T0;
import static io.sallyport.cache.rule.Messages.at;
import static io.sallyport.cache.rule.Messages.date;
import static io.sallyport.cache.rule.Messages.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.Freshness;
import io.sallyport.http.DeltaSeconds;
import io.sallyport.http.Fields;
import io.sallyport.http.HttpDate;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CurrentAgeTests {
    private static Duration age(String... ageLines) {
        Fields.Builder fields = Fields.builder();
        for (String line : ageLines) {
            fields.add("Age", line);
        }
        return CurrentAge.ageValue(fields.build());
    }

    @Test
    @DisplayName("RFC 9111, section 5.1: Age is delta-seconds, and the first member of a list counts")
    void theFirstMemberCounts() {
        assertThat(age()).isZero();
        assertThat(age("30")).hasSeconds(30);
        assertThat(age("7200,0")).hasSeconds(7200);
        assertThat(age("0, 7200")).isZero();
        assertThat(age("99999999999999999999")).isEqualTo(DeltaSeconds.MAX);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "-7200", "7200.0", "7200;foo=bar", "", ",", "abc, 7200"})
    @DisplayName("RFC 9111, section 5.1: an invalid Age is ignored")
    void anInvalidAgeIsIgnored(String value) {
        assertThat(age(value)).isZero();
    }

    @Test
    @DisplayName("RFC 9111, section 5.1: of several lines the first member counts too")
    void theFirstLineCounts() {
        assertThat(age("0", "7200")).isZero();
        assertThat(age("7200", "0")).hasSeconds(7200);
        assertThat(age("30, 7200", "0")).hasSeconds(30);
    }

    @Test
    @DisplayName(
            "RFC 9111, section 4.2.3: corrected_initial_age is the greater of apparent_age and Age plus response_delay")
    void correctedInitialAge() {
        assertThat(CurrentAge.correctedInitialAge(ok("Age", "30"), T0, at(2))).hasSeconds(32);
        assertThat(CurrentAge.correctedInitialAge(ok("Date", date(-100), "Age", "30"), T0, at(2)))
                .hasSeconds(102);
        assertThat(CurrentAge.correctedInitialAge(ok("Date", date(100)), T0, at(2)))
                .hasSeconds(2);
        assertThat(CurrentAge.correctedInitialAge(ok("Date", "foo"), T0, at(2))).hasSeconds(2);
    }

    @Test
    void aClockThatWentBackNeverMakesAResponseYounger() {
        assertThat(CurrentAge.responseDelay(at(5), T0)).isZero();
        Freshness freshness = new Freshness(
                T0, T0, Duration.ofSeconds(7), Duration.ofMinutes(1), Duration.ZERO, Duration.ZERO, false, false);
        assertThat(freshness.currentAge(at(-5))).hasSeconds(7);
        assertThat(freshness.currentAge(at(5))).hasSeconds(12);
    }

    @Test
    @DisplayName("RFC 9111, section 5.1: Age is in whole seconds and saturates")
    void theFieldIsInWholeSeconds() {
        assertThat(CurrentAge.field(Duration.ofMillis(1999))).isEqualTo("1");
        assertThat(CurrentAge.field(DeltaSeconds.MAX.plusSeconds(1))).isEqualTo("2147483648");
    }

    @Test
    void agreesWithTheFormulaInSeconds() {
        long seed = Long.getLong("seed", 20261125L);
        Random random = new Random(seed);
        for (int run = 0; run < 20_000; run++) {
            long dateValue = random.nextInt(-400, 400);
            int requestTime = random.nextInt(-5, 5);
            int responseTime = random.nextInt(-5, 60);
            long ageValue = random.nextInt(0, 500);
            ResponseHead response = ok("Date", date(dateValue), "Age", Long.toString(ageValue));
            long expected =
                    Math.max(Math.max(0, responseTime - dateValue), ageValue + Math.max(0, responseTime - requestTime));

            assertThat(CurrentAge.correctedInitialAge(response, at(requestTime), at(responseTime)))
                    .as("seed %d, run %d", seed, run)
                    .hasSeconds(expected);
        }
    }

    @Test
    @DisplayName("Over two tiers the age that is served never falls short of the age of the copy, clocks ±5 min apart")
    void ageNeverFallsShortOverTwoTiers() {
        long seed = Long.getLong("seed", 20261125L);
        Random random = new Random(seed);
        for (int run = 0; run < 20_000; run++) {
            Duration regionalClock = Duration.ofMillis(random.nextInt(-300_000, 300_000));
            Duration edgeClock = Duration.ofMillis(random.nextInt(-300_000, 300_000));
            Instant generated = T0;
            Instant atRegional = generated.plusMillis(random.nextInt(2_000));
            Instant asked = atRegional.plusMillis(random.nextInt(60_000));
            Instant atEdge = asked.plusMillis(random.nextInt(2_000));
            Instant served = atEdge.plusMillis(random.nextInt(60_000));
            String date = HttpDate.format(generated);

            ResponseHead fromOrigin = ok("Date", date);
            Freshness regional = freshness(fromOrigin, generated.plus(regionalClock), atRegional.plus(regionalClock));
            Duration regionalAge = regional.currentAge(asked.plus(regionalClock));
            ResponseHead fromRegional = ok("Date", date, "Age", CurrentAge.field(regionalAge));
            Freshness edge = freshness(fromRegional, asked.plus(edgeClock), atEdge.plus(edgeClock));
            Duration servedAge = edge.currentAge(served.plus(edgeClock));

            assertThat(servedAge)
                    .as("seed %d, run %d", seed, run)
                    .isGreaterThan(Duration.between(generated, served).minusSeconds(1));
        }
    }

    private static Freshness freshness(ResponseHead response, Instant requestTime, Instant responseTime) {
        return StoringRule.freshness(
                response, CacheControl.of(response, Messages.RFC), requestTime, responseTime, Messages.RFC);
    }
}
