package io.sallyport.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.http.ByteRanges.Spec;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangesTests {
    @Test
    @DisplayName("RFC 9110, section 14.1.2: closed, open and suffix ranges")
    void rangesAreRead() {
        assertThat(ByteRanges.parse("bytes=0-1, 5-,-3").orElseThrow().ranges())
                .containsExactly(new Spec.From(0, 1), new Spec.From(5, Long.MAX_VALUE), new Spec.Suffix(3));
        assertThat(ByteRanges.parse("BYTES=0-99999999999999999999")
                        .orElseThrow()
                        .ranges())
                .containsExactly(new Spec.From(0, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes=,",
                "bytes=-",
                "bytes=2-1",
                "bytes=a-b",
                "lines=0-1",
                "bytes=1",
                "bytes=0-1,x",
                "bytes=0--1",
                "bytes= 0 - 1"
            })
    @DisplayName("RFC 9110, section 14.2: a Range that is not understood is ignored")
    void anythingElseIsIgnored(String value) {
        assertThat(ByteRanges.parse(value)).isEmpty();
    }

    @Test
    void aRangeGivenTwiceIsIgnored() {
        assertThat(ByteRanges.of(Fields.of("Range", "bytes=0-1", "Range", "bytes=2-3")))
                .isEmpty();
    }

    @Test
    @DisplayName("RFC 9110, section 14.4: Content-Range of a satisfied range")
    void contentRangesAreRead() {
        ContentRange range =
                ContentRange.of(Fields.of("Content-Range", "bytes 2-5/10")).orElseThrow();

        assertThat(range.length()).isEqualTo(4);
        assertThat(range).hasToString("bytes 2-5/10");
        assertThat(ContentRange.of(Fields.of("Content-Range", "bytes 2-5/*")).orElseThrow())
                .hasToString("bytes 2-5/*");
        for (String bad : new String[] {"bytes */10", "bytes 5-2/10", "bytes 2-10/10", "2-5/10", "bytes 2/10-5", "x"}) {
            assertThat(ContentRange.of(Fields.of("Content-Range", bad))).as(bad).isEmpty();
        }
    }

    @Test
    void mutatedRangesNeverThrow() {
        long seed = Long.getLong("seed", 20261125L);
        int runs = Integer.getInteger("fuzz", 20_000);
        Random random = new Random(seed);
        for (int run = 0; run < runs; run++) {
            String range = RandomText.mutated(random, "bytes=0-1,5-,-3", "0123456789-=, bytes/*");
            String content = RandomText.mutated(random, "bytes 2-5/10", "0123456789-=, bytes/*");

            assertThat(ByteRanges.parse(range)).as("seed %d, '%s'", seed, range).isNotNull();
            assertThat(ContentRange.parse(content))
                    .as("seed %d, '%s'", seed, content)
                    .isNotNull();
        }
    }
}
