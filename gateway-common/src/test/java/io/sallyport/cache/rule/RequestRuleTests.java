package io.sallyport.cache.rule;

import static io.sallyport.cache.rule.Messages.SECURE;
import static io.sallyport.cache.rule.Messages.TRUSTING;
import static io.sallyport.cache.rule.Messages.get;
import static io.sallyport.cache.rule.Messages.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.rule.RequestRule.Eligibility;
import io.sallyport.cache.rule.RequestRule.Eligibility.Bypass;
import io.sallyport.cache.rule.RequestRule.Eligibility.Cacheable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestRuleTests {
    private static final Eligibility CACHEABLE = new Cacheable();

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "OPTIONS", "TRACE", "get", "FOO"})
    @DisplayName("RFC 9111, section 4: only GET and HEAD are answered from the cache")
    void otherMethodsPass(String method) {
        assertThat(RequestRule.judge(request(method, "/a"), false, SECURE)).isEqualTo(new Bypass("method"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"If-Match", "If-Unmodified-Since", "Upgrade"})
    @DisplayName("RFC 9111, section 4.3.2: If-Match and If-Unmodified-Since are not for caches")
    void preconditionsForTheOriginPass(String name) {
        assertThat(RequestRule.judge(get(name, "x"), false, SECURE)).isEqualTo(new Bypass("bypass"));
    }

    @Test
    void aGetWithContentPasses() {
        assertThat(RequestRule.judge(get(), true, SECURE)).isEqualTo(new Bypass("bypass"));
    }

    @Test
    @DisplayName("RFC 9111, section 5.2.1.5: no-store counts where clients are trusted")
    void noStore() {
        assertThat(RequestRule.judge(get("Cache-Control", "no-store"), false, SECURE))
                .isEqualTo(CACHEABLE);
        assertThat(RequestRule.judge(get("Cache-Control", "no-store"), false, TRUSTING))
                .isEqualTo(new Bypass("request"));
    }

    @Test
    void othersGoThroughTheCache() {
        assertThat(RequestRule.judge(get("Range", "bytes=0-1", "If-None-Match", "*", "Cookie", "a=b"), false, SECURE))
                .isEqualTo(CACHEABLE);
        assertThat(RequestRule.judge(request("HEAD", "/a"), false, SECURE)).isEqualTo(CACHEABLE);
    }
}
