package io.sallyport.cache.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.http.Fields;
import io.sallyport.http.RandomText;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheControlTests {
    private static CacheControl of(String... lines) {
        Fields.Builder fields = Fields.builder();
        for (String line : lines) {
            fields.add("Cache-Control", line);
        }
        return CacheControl.of(fields.build());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no-store",
                "No-StOrE",
                "max-age=60,no-store",
                " , no-store ,",
                "no-store=x",
                "a=\"b, no-store",
                "a\"b, no-store",
                "no-store =\"x\"",
                "x=\"\\\", no-store"
            })
    @DisplayName("RFC 9111, section 5.2: directives compare case-insensitively and one by one, wherever they stand")
    void noStoreIsFoundInEverySpelling(String line) {
        assertThat(of(line).noStore()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x=\"no-store\"", "no-storex", "xno-store", "x=\"a, no-store, b\"", "no store"})
    @DisplayName("RFC 9111, section 5.2: what stands in an argument or only looks alike is no directive")
    void otherDirectivesAreNotTakenForNoStore(String line) {
        assertThat(of(line).noStore()).isFalse();
    }

    @Test
    @DisplayName("RFC 9111, section 5.2: an argument is a token or a quoted string")
    void argumentsAreReadInBothForms() {
        assertThat(of("max-age=60").seconds("max-age")).contains(Duration.ofSeconds(60));
        assertThat(of("MAX-AGE=\"60\"").seconds("max-age")).contains(Duration.ofSeconds(60));
        assertThat(of("max-age=003600").seconds("max-age")).contains(Duration.ofHours(1));
        assertThat(of("public").seconds("max-age")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "max-age",
                "max-age=",
                "max-age=-1",
                "max-age=1.0",
                "max-age='60'",
                "max-age=60a",
                "max-age = 60",
                "max-age=\"60",
                "max-age=a60"
            })
    @DisplayName("RFC 9111, section 4.2.1: a malformed lifetime makes the response stale")
    void malformedLifetimesCountAsZero(String line) {
        assertThat(of(line).seconds("max-age")).contains(Duration.ZERO);
    }

    @Test
    @DisplayName("RFC 9111, section 4.2.1: of a directive given twice the first counts")
    void theFirstOfEqualDirectivesCounts() {
        assertThat(of("max-age=1, max-age=1800").seconds("max-age")).contains(Duration.ofSeconds(1));
        assertThat(of("max-age=1800", "max-age=1").seconds("max-age")).contains(Duration.ofMinutes(30));
    }

    @Test
    @DisplayName("RFC 9111, sections 5.2.2.4 and 5.2.2.7: no-cache and private may name fields")
    void qualifiedDirectivesNameFields() {
        CacheControl control = of("no-cache=\"A, b\", private=Set-Cookie");

        assertThat(control.noCache()).isFalse();
        assertThat(control.isPrivate()).isFalse();
        assertThat(control.qualifiedFields()).containsExactlyInAnyOrder("a", "b", "set-cookie");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"no-cache", "no-cache=", "no-cache=\"\"", "no-cache=\"a b\"", "no-cache=\"a", "NO-CACHE=\",\""})
    void aMalformedListOfFieldsCountsAsNone(String line) {
        assertThat(of(line).noCache()).isTrue();
        assertThat(of(line.replace("no-cache", "private").replace("NO-CACHE", "Private"))
                        .isPrivate())
                .isTrue();
    }

    @Test
    @DisplayName("RFC 9111, section 5.2.3: unknown directives change nothing")
    void unknownDirectivesAreIgnored() {
        assertThat(of("foobar, max-age=60, x=\"y\"").seconds("max-age")).contains(Duration.ofSeconds(60));
    }

    @Test
    void anyInputIsReadWithoutAnException() {
        long seed = Long.getLong("seed", 20261125L);
        int runs = Integer.getInteger("fuzz", 50_000);
        Random random = new Random(seed);
        for (int run = 0; run < runs; run++) {
            String line = RandomText.mutated(
                    random, "max-age=60, no-cache=\"a, b\", private, x=\"\\\"\"", "abno-cache=\",\\ 019\t\u00ff\u0000");
            CacheControl control = of(line, RandomText.of(random, "no-store=\", ", 20));

            assertThat(control.qualifiedFields())
                    .as("seed %d, '%s'", seed, line)
                    .isNotNull();
            assertThat(control.seconds("max-age"))
                    .as("seed %d, '%s'", seed, line)
                    .isNotNull();
        }
    }

    @Test
    void aNoStoreAmongWellFormedDirectivesIsNeverLost() {
        long seed = Long.getLong("seed", 20261125L);
        Random random = new Random(seed);
        for (int run = 0; run < 5_000; run++) {
            String noise = RandomText.of(random, "abc=;'\\\" \t", 12);
            String line = "public, " + noise.replace("\"", "") + ", no-store, " + noise;

            assertThat(of(line).noStore()).as("seed %d, '%s'", seed, line).isTrue();
        }
    }
}
