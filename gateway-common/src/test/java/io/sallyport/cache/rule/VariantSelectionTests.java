package io.sallyport.cache.rule;

import static io.sallyport.cache.rule.Messages.RFC;
import static io.sallyport.cache.rule.Messages.at;
import static io.sallyport.cache.rule.Messages.date;
import static io.sallyport.cache.rule.Messages.get;
import static io.sallyport.cache.rule.Messages.ok;
import static io.sallyport.cache.rule.Messages.stored;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.VariantKey;
import io.sallyport.http.Fields;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariantSelectionTests {
    private static boolean matches(String vary, Fields stored, Fields presented) {
        return VariantSelection.matches(VariantSelection.of(ok("Vary", vary), stored), presented);
    }

    @Test
    @DisplayName(
            "RFC 9111, section 4.1: all nominated fields match, absent ones match absent ones, others do not count")
    void allNominatedFieldsMatch() {
        Fields stored = Fields.of("Foo", "1", "Baz", "789", "Other", "2");

        assertThat(matches("Foo, Bar, Baz", stored, Fields.of("baz", "789", "FOO", "1")))
                .isTrue();
        assertThat(matches("Foo, Bar, Baz", stored, Fields.of("Foo", "2", "Baz", "789")))
                .isFalse();
        assertThat(matches("Foo, Bar, Baz", stored, Fields.of("Foo", "1", "Baz", "789", "Bar", "")))
                .isFalse();
        assertThat(matches("Foo", Fields.empty(), stored)).isFalse();
        assertThat(matches("Foo", stored, Fields.empty())).isFalse();
    }

    @Test
    @DisplayName("RFC 9111, section 4.1: * never matches")
    void starNeverMatches() {
        assertThat(matches("*", Fields.empty(), Fields.empty())).isFalse();
        assertThat(matches("Foo, *", Fields.of("Foo", "1"), Fields.of("Foo", "1")))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Foo | '1, 2' | '1,2'",
                "Foo | ' 1 ,2 ' | '1,2'",
                "Accept-Language | 'en, de' | 'de, en'",
                "Accept-Language | 'en, de' | 'eN, De'",
                "Accept-Language | 'en, de;q=0.5' | ' en ,   de ; q=0.5'",
                "Accept-Encoding | 'gzip, br' | 'BR,,gzip'"
            })
    @DisplayName("RFC 9111, section 4.1: values match when they are normalised to the same meaning")
    void normalisedValuesMatch(String name, String one, String other) {
        assertThat(matches(name, Fields.of(name, one), Fields.of(name, other))).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Foo | '1, 2' | '2, 1'",
                "Foo | 'a' | 'A'",
                "Foo | 'a,,b' | 'a,b'",
                "Foo | 'a b' | 'ab'",
                "Foo | '\"a, b\"' | '\"a,b\"'",
                "Accept-Language | 'e n' | 'en'",
                "Accept-Language | 'en;q=0.5' | 'en'",
                "Accept-Language | 'en' | 'en, de'",
                "Cookie | 'a=1; b=2' | 'a=1;b=2'"
            })
    void otherValuesDoNot(String name, String one, String other) {
        assertThat(matches(name, Fields.of(name, one), Fields.of(name, other))).isFalse();
        assertThat(matches(name, Fields.of(name, other), Fields.of(name, one))).isFalse();
    }

    @Test
    @DisplayName("RFC 9110, section 5.3: several lines are one combined value")
    void linesAreCombined() {
        assertThat(matches("Foo", Fields.of("Foo", "1, 2"), Fields.of("Foo", "1", "foo", "2")))
                .isTrue();
    }

    @Test
    void theOrderAndCaseOfVaryDoNotCount() {
        Fields request = Fields.of("A", "1", "B", "2");

        assertThat(VariantSelection.of(ok("Vary", "b, A", "Vary", "B"), request))
                .isEqualTo(VariantSelection.of(ok("Vary", "a,b"), request));
        assertThat(VariantSelection.of(ok(), request)).isEqualTo(VariantKey.none());
    }

    @Test
    @DisplayName("RFC 9111, section 4: of several matching responses the most recent by Date is used")
    void theMostRecentIsSelected() {
        StoredResponse older = stored(RFC, get(), ok("Cache-Control", "max-age=60", "Vary", "Foo", "Date", date(-9)));
        StoredResponse newer = stored(RFC, get(), ok("Cache-Control", "max-age=60", "Date", date(-1)));
        StoredResponse foreign =
                stored(RFC, get("Foo", "1"), ok("Cache-Control", "max-age=60", "Vary", "Foo", "Date", date(0)));

        assertThat(VariantSelection.select(get(), List.of(older, newer, foreign), at(1)))
                .contains(newer);
        assertThat(VariantSelection.select(get(), List.of(newer, older), at(1))).contains(newer);
        assertThat(VariantSelection.select(get(), List.of(foreign), at(1))).isEmpty();
    }

    @Test
    void anyOrderOfPreferencesIsTheSameVariant() {
        long seed = Long.getLong("seed", 20261125L);
        Random random = new Random(seed);
        for (int run = 0; run < 2_000; run++) {
            List<String> members = new ArrayList<>(List.of("en;q=0.5", "de", "fr-CH", "*;q=0.1"));
            Fields one = Fields.of("Accept-Language", String.join(", ", members));
            Collections.shuffle(members, random);
            Fields other = Fields.of("accept-language", String.join(" ,", members));

            assertThat(matches("Accept-Language", one, other))
                    .as("seed %d, %s", seed, members)
                    .isTrue();
        }
    }
}
