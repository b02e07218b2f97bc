package io.sallyport.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaSecondsTests {
    @Test
    void digitsAreSeconds() {
        assertThat(DeltaSeconds.parse("003600")).contains(Duration.ofHours(1));
        assertThat(DeltaSeconds.of(Duration.ofMillis(1999))).isEqualTo(1);
        assertThat(DeltaSeconds.of(Duration.ofSeconds(-1))).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2147483648", "2147483649", "99999999999", "999999999999999999999999999999"})
    @DisplayName("RFC 9111, section 1.2.2: greater values count as 2^31")
    void greatValuesSaturate(String text) {
        assertThat(DeltaSeconds.parse(text)).contains(DeltaSeconds.MAX);
        assertThat(DeltaSeconds.MAX.toSeconds()).isEqualTo(2147483648L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "1.0", " 1", "1 ", "abc", "1a", "\u0661"})
    void anythingElseIsNone(String text) {
        assertThat(DeltaSeconds.parse(text)).isEmpty();
    }
}
