package io.sallyport.cache.rule;

import static io.sallyport.cache.rule.Messages.date;
import static io.sallyport.cache.rule.Messages.get;
import static io.sallyport.cache.rule.Messages.ok;
import static io.sallyport.cache.rule.Messages.request;
import static io.sallyport.cache.rule.Messages.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.rule.RangeSelection.Selection;
import io.sallyport.cache.rule.RangeSelection.Selection.Single;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RangeSelectionTests {
    private static final Selection WHOLE = new Selection.Whole();

    private static Selection select(String range, long length) {
        return RangeSelection.select(get("Range", range), ok(), length);
    }

    @Test
    @DisplayName("RFC 9110, section 14.1.2: closed, open and suffix ranges, cut to the length")
    void singleRanges() {
        assertThat(select("bytes=0-1", 11)).isEqualTo(new Single(0, 1));
        assertThat(select("bytes=1-", 11)).isEqualTo(new Single(1, 10));
        assertThat(select("bytes=-1", 11)).isEqualTo(new Single(10, 10));
        assertThat(select("bytes=-99", 11)).isEqualTo(new Single(0, 10));
        assertThat(select("bytes=5-99", 11)).isEqualTo(new Single(5, 10));
    }

    @Test
    @DisplayName("RFC 9110, section 15.5.17: no satisfiable range is 416")
    void unsatisfiable() {
        assertThat(select("bytes=11-", 11)).isEqualTo(new Selection.Unsatisfiable());
        assertThat(select("bytes=-0, 50-60", 11)).isEqualTo(new Selection.Unsatisfiable());
        assertThat(select("bytes=50-60, 2-3", 11)).isEqualTo(new Single(2, 3));
    }

    @Test
    @DisplayName("RFC 9110, section 14.2: several ranges, but no more than eight and no more than the whole")
    void multipleRanges() {
        assertThat(select("bytes=0-1,4-5", 11))
                .isEqualTo(new Selection.Multiple(List.of(new Single(0, 1), new Single(4, 5))));
        assertThat(select("bytes=0-,0-", 11)).isEqualTo(WHOLE);
        assertThat(select("bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8", 11)).isEqualTo(WHOLE);
    }

    @Test
    @DisplayName("RFC 9110, section 14.2: Range counts only in GET; malformed ones and other units are ignored")
    void ignoredRanges() {
        assertThat(RangeSelection.select(get(), ok(), 11)).isEqualTo(WHOLE);
        assertThat(RangeSelection.select(request("HEAD", "/a", "Range", "bytes=0-1"), ok(), 11))
                .isEqualTo(WHOLE);
        assertThat(RangeSelection.select(get("Range", "bytes=0-1"), response(404), 11))
                .isEqualTo(WHOLE);
        assertThat(select("lines=0-1", 11)).isEqualTo(WHOLE);
        assertThat(select("bytes=1-0", 11)).isEqualTo(WHOLE);
        assertThat(select("bytes=0-", 0)).isEqualTo(WHOLE);
    }

    @Test
    @DisplayName("RFC 9110, section 13.1.5: If-Range compares strongly, and a date exactly")
    void ifRange() {
        Selection part = new Single(0, 1);

        assertThat(ifRange("\"a\"", "ETag", "\"a\"")).isEqualTo(part);
        assertThat(ifRange("\"b\"", "ETag", "\"a\"")).isEqualTo(WHOLE);
        assertThat(ifRange("W/\"a\"", "ETag", "W/\"a\"")).isEqualTo(WHOLE);
        assertThat(ifRange(date(-60), "Last-Modified", date(-60))).isEqualTo(part);
        assertThat(ifRange(date(-59), "Last-Modified", date(-60))).isEqualTo(WHOLE);
        assertThat(ifRange(date(-1), "Last-Modified", date(-1)))
                .as("a weak date")
                .isEqualTo(WHOLE);
        assertThat(ifRange("x", "ETag", "x")).isEqualTo(WHOLE);
    }

    private static Selection ifRange(String value, String name, String validator) {
        return RangeSelection.select(get("Range", "bytes=0-1", "If-Range", value), ok(name, validator), 11);
    }

    @Test
    void aSingleRangeSelectsWhatANaiveReaderCutsOut() {
        long seed = Long.getLong("seed", 20261125L);
        Random random = new Random(seed);
        for (int run = 0; run < 20_000; run++) {
            int length = 1 + random.nextInt(12);
            int first = random.nextInt(15);
            int last = first + random.nextInt(15);
            Selection expected =
                    first >= length ? new Selection.Unsatisfiable() : new Single(first, Math.min(last, length - 1));

            assertThat(select("bytes=" + first + "-" + last, length))
                    .as("seed %d, run %d", seed, run)
                    .isEqualTo(expected);
        }
    }
}
