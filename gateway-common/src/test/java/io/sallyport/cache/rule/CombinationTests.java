package io.sallyport.cache.rule;

import static io.sallyport.cache.rule.Messages.date;
import static io.sallyport.cache.rule.Messages.ok;
import static io.sallyport.cache.rule.Messages.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.http.ResponseHead;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CombinationTests {
    @Test
    @DisplayName("RFC 9111, section 3.4: only responses with the same strong validator are combined")
    void onlyTheSameStrongValidatorCombines() {
        assertThat(mayCombine("ETag", "\"a\"", "\"a\"")).isTrue();
        assertThat(mayCombine("ETag", "\"a\"", "\"b\"")).isFalse();
        assertThat(mayCombine("ETag", "W/\"a\"", "W/\"a\"")).isFalse();
        assertThat(mayCombine("Last-Modified", date(-99), date(-99))).isTrue();
        assertThat(mayCombine("Last-Modified", date(-1), date(-1))).isFalse();
        assertThat(mayCombine("X", "1", "1")).isFalse();
        assertThat(Combination.mayCombine(
                        ok("Last-Modified", date(-99)), ok("Last-Modified", date(-99), "ETag", "\"a\"")))
                .isFalse();
    }

    private static boolean mayCombine(String name, String one, String other) {
        return Combination.mayCombine(ok(name, one), response(206, name, other));
    }

    @Test
    @DisplayName("RFC 9111, section 3.4: the new response's fields replace the stored ones, but Content-Range")
    void theNewFieldsReplaceTheStoredOnes() {
        ResponseHead combined = Combination.complete(
                response(206, "A", "1", "B", "1", "Content-Range", "bytes 0-4/10", "Content-Length", "5"),
                response(206, "A", "2", "Content-Range", "bytes 5-9/10", "Content-Length", "5"),
                10);

        assertThat(combined.status()).isEqualTo(200);
        assertThat(combined.fields().values("A")).containsExactly("2");
        assertThat(combined.fields().values("B")).containsExactly("1");
        assertThat(combined.fields().values("Content-Length")).containsExactly("10");
        assertThat(combined.fields().contains("Content-Range")).isFalse();
    }

    @Test
    void aPartHasAPlace() {
        assertThat(Combination.part(response(206, "Content-Range", "bytes 5-9/10"))
                        .orElseThrow()
                        .length())
                .isEqualTo(5);
        assertThat(Combination.part(response(206, "Content-Type", "multipart/byteranges")))
                .isEmpty();
        assertThat(Combination.part(ok("Content-Range", "bytes 5-9/10"))).isEmpty();
    }
}
