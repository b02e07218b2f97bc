package io.sallyport.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FieldParserTests {
    @Test
    @DisplayName("RFC 9110, section 5.6.1.2: empty list members are dropped, lines are joined in order")
    void listsAreReadOverLines() {
        Fields fields = Fields.of("Vary", " , a ,,b\t,", "vary", "c", "VARY", "");

        assertThat(FieldParser.list(fields, "Vary")).containsExactly("a", "b", "c");
    }

    @Test
    @DisplayName("RFC 9110, section 5.6.4: a comma in a quoted string does not separate")
    void quotedCommasDoNotSeparate() {
        assertThat(FieldParser.members("a=\"x, \\\", y\", b")).containsExactly("a=\"x, \\\", y\"", "b");
    }

    @Test
    void anUnclosedQuoteHidesNothing() {
        assertThat(FieldParser.members("ext=\"x, no-store")).containsExactly("ext=\"x", "no-store");
    }

    @Test
    void aQuotedStringIsTakenOutOfItsMarks() {
        assertThat(FieldParser.quotedString("\"a\\\"b\"")).contains("a\"b");
        assertThat(FieldParser.quotedString("\"\"")).contains("");
        assertThat(FieldParser.quotedString("\"a\"b\"")).isEmpty();
        assertThat(FieldParser.quotedString("\"a\\\"")).isEmpty();
        assertThat(FieldParser.quotedString("\"")).isEmpty();
        assertThat(FieldParser.quotedString("a")).isEmpty();
    }

    @Test
    void tokensAreToldFromOthers() {
        assertThat(FieldParser.isToken("max-age")).isTrue();
        assertThat(FieldParser.isToken("")).isFalse();
        assertThat(FieldParser.isToken("a b")).isFalse();
        assertThat(FieldParser.isToken("ä")).isFalse();
    }

    @Test
    void listsWithoutQuotesSplitAsANaiveReaderSplits() {
        long seed = Long.getLong("seed", 20261125L);
        Random random = new Random(seed);
        for (int run = 0; run < 5_000; run++) {
            String value = RandomText.of(random, "ab ,\t;=", 30);
            List<String> expected = new ArrayList<>();
            for (String part : Pattern.compile(",").split(value, -1)) {
                if (!part.strip().isEmpty()) {
                    expected.add(part.strip());
                }
            }

            assertThat(FieldParser.members(value))
                    .as("seed %d, value '%s'", seed, value)
                    .isEqualTo(expected);
        }
    }

    @Test
    void longHostileValuesTakeLinearTime() {
        String hostile = "\"\\".repeat(200_000) + ",\"".repeat(200_000);

        assertThat(FieldParser.members(hostile)).isNotEmpty();
    }
}
