package io.sallyport.cache.rule;

import static io.sallyport.cache.rule.Messages.RFC;
import static io.sallyport.cache.rule.Messages.SECURE;
import static io.sallyport.cache.rule.Messages.T0;
import static io.sallyport.cache.rule.Messages.TARGETS;
import static io.sallyport.cache.rule.Messages.get;
import static io.sallyport.cache.rule.Messages.ok;
import static io.sallyport.cache.rule.Messages.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.http.Fields;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetedControlTests {
    private static Duration lifetime(ResponseHead response) {
        return FreshnessLifetime.of(response, CacheControl.of(response, RFC), T0, RFC);
    }

    @Test
    @DisplayName("RFC 9213, section 2.2: the first valid, non-empty field of the target list wins")
    void theFirstValidFieldWins() {
        ResponseHead both = ok("CDN-Cache-Control", "max-age=10", "Edge-Cache-Control", "max-age=20");

        assertThat(lifetime(both)).hasSeconds(20);
        assertThat(lifetime(both.withFields(both.fields().with("Edge-Cache-Control", "Max-Age=20"))))
                .hasSeconds(10);
        assertThat(lifetime(both.withFields(both.fields().with("Edge-Cache-Control", ""))))
                .hasSeconds(10);
    }

    @Test
    @DisplayName("RFC 9213, section 2.2: then Cache-Control and Expires are ignored")
    void cacheControlAndExpiresAreIgnored() {
        ResponseHead response =
                ok("Cache-Control", "no-store, max-age=5", "Expires", "0", "CDN-Cache-Control", "max-age=60");

        assertThat(lifetime(response)).hasSeconds(60);
        assertThat(verdict(SECURE, get(), response)).isEqualTo("stored");
        assertThat(verdict(
                        SECURE,
                        get(),
                        ok(
                                "Cache-Control",
                                "max-age=5",
                                "Expires",
                                Messages.date(60),
                                "CDN-Cache-Control",
                                "no-store")))
                .isEqualTo("no-store");
        assertThat(lifetime(ok("Expires", Messages.date(60), "CDN-Cache-Control", "public")))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-age=60,", "max-age =60", "max-age=60 public", "&", "no-store, ;", "MAX-AGE=60"})
    @DisplayName("RFC 9213, section 2.2: a field that fails to parse counts as absent")
    void parseErrorsMeanAbsent(String value) {
        assertThat(lifetime(ok("CDN-Cache-Control", value, "Cache-Control", "max-age=7")))
                .hasSeconds(7);
    }

    @Test
    @DisplayName("RFC 9213, section 2.1: directives have the type of their argument")
    void typesAreChecked() {
        assertThat(lifetime(ok("CDN-Cache-Control", "max-age=\"60\""))).isZero();
        assertThat(lifetime(ok("CDN-Cache-Control", "max-age=60.5"))).isZero();
        assertThat(lifetime(ok("CDN-Cache-Control", "max-age=-60"))).isZero();
        assertThat(lifetime(ok("CDN-Cache-Control", "max-age=60;x=y, unknown=(1 2)")))
                .hasSeconds(60);
        CacheControl control = TargetedControl.of(
                        Fields.of("CDN-Cache-Control", "no-store=?0, private=\"a, b\", no-cache=(\"x\")"), TARGETS)
                .orElseThrow();
        assertThat(control.noStore()).isFalse();
        assertThat(control.isPrivate()).isFalse();
        assertThat(control.qualifiedFields()).containsExactlyInAnyOrder("a", "b");
        assertThat(control.noCache()).isTrue();
    }

    @Test
    @DisplayName("RFC 9213, section 2.1: of equal members the last counts, also over lines")
    void theLastOfEqualMembersCounts() {
        assertThat(lifetime(ok("CDN-Cache-Control", "max-age=1", "CDN-Cache-Control", "max-age=60")))
                .hasSeconds(60);
    }
}
