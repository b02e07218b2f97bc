package io.sallyport.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.http.StructuredDictionary.Value;
import java.util.Random;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StructuredDictionaryTests {
    @Test
    @DisplayName("RFC 9651, section 3.2: keys with values of every type")
    void membersAreRead() {
        StructuredDictionary dictionary = StructuredDictionary.parse(
                        " max-age=60;x=1;y, must-revalidate, no=?0, t=*a/b:c, s=\"a\\\"\", d=1.5, b=:aGk=:, at=@-12, "
                                + "n=%\"f%c3%bc\", l=(1 \"b\";c);d ")
                .orElseThrow();

        assertThat(dictionary.members())
                .containsEntry("max-age", new Value.IntegerValue(60))
                .containsEntry("must-revalidate", new Value.BooleanValue(true))
                .containsEntry("no", new Value.BooleanValue(false))
                .containsEntry("t", new Value.TextValue("*a/b:c"))
                .containsEntry("s", new Value.TextValue("a\""))
                .containsEntry("d", new Value.OtherValue())
                .containsEntry("b", new Value.OtherValue())
                .containsEntry("at", new Value.OtherValue())
                .containsEntry("n", new Value.OtherValue())
                .containsEntry("l", new Value.OtherValue())
                .hasSize(10);
    }

    @Test
    @DisplayName("RFC 9651, section 4.2.2: of equal keys the last counts; no member is an empty dictionary")
    void theLastOfEqualKeysCounts() {
        assertThat(StructuredDictionary.parse("a=1, b, a=2").orElseThrow().members())
                .containsEntry("a", new Value.IntegerValue(2));
        assertThat(StructuredDictionary.parse("  ").orElseThrow().members()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Max-Age=60",
                "a=",
                "a=1,",
                "a=1 b=2",
                "a =1",
                "a= 1",
                "a=1.",
                "a=1.2345",
                "a=1234567890123456",
                "a=1234567890123.1",
                "a=--1",
                "a=\"x",
                "a=\"\\x\"",
                "a=\"\u00fc\"",
                "a=?2",
                "a=:x",
                "a=:*:",
                "a=@1.5",
                "a=@",
                "a=%\"%C3\"",
                "a=%\"%ff\"",
                "a=%x",
                "a=(1",
                "a=(1,2)",
                "a=(1\"b\")",
                ",a",
                "=1",
                "a;=1",
                "a=\u00fc",
                "a=1;B",
                "\ta"
            })
    @DisplayName("RFC 9651, section 4.2: whatever fails to parse is no field at all")
    void malformedFieldsFailAsAWhole(String value) {
        assertThat(StructuredDictionary.parse(value)).isEmpty();
    }

    @Test
    void agreesWithAnotherParserOnTheTypesThatBothKnow() {
        long seed = Long.getLong("seed", 20261125L);
        int runs = Integer.getInteger("fuzz", 50_000);
        Random random = new Random(seed);
        String alphabet = "ab1290=,; \t\"\\?:()-._*/+A";
        for (int run = 0; run < runs; run++) {
            String value = run % 2 == 0
                    ? RandomText.of(random, alphabet, 12)
                    : RandomText.mutated(random, "max-age=60, b;c=?1, d=(1 \"x\");e=1.5, f=:aGk=:", alphabet);

            assertThat(StructuredDictionary.parse(value).isPresent())
                    .as("seed %d, '%s'", seed, value)
                    .isEqualTo(parsesElsewhere(withoutLeadingSpaces(value)));
        }
    }

    /** RFC 9651, section 4.2, discards them; the other parser leaves that to its caller. */
    private static String withoutLeadingSpaces(String value) {
        int start = 0;
        while (start < value.length() && value.charAt(start) == ' ') {
            start++;
        }
        return value.substring(start);
    }

    private static boolean parsesElsewhere(String value) {
        try {
            Parser.parseDictionary(value);
            return true;
        } catch (ParseException malformed) {
            return false;
        }
    }
}
