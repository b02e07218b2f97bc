package io.sallyport.cache.rule;

import static io.sallyport.cache.rule.Messages.RFC;
import static io.sallyport.cache.rule.Messages.SECURE;
import static io.sallyport.cache.rule.Messages.T0;
import static io.sallyport.cache.rule.Messages.date;
import static io.sallyport.cache.rule.Messages.ok;
import static io.sallyport.cache.rule.Messages.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.CachePolicy;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FreshnessLifetimeTests {
    private static final long DAY = 86_400;

    private static Duration lifetime(ResponseHead response, CachePolicy policy) {
        return FreshnessLifetime.of(response, CacheControl.of(response, policy), T0, policy);
    }

    private static Duration lifetime(String... fields) {
        return lifetime(ok(fields), RFC);
    }

    @Test
    @DisplayName("RFC 9111, section 4.2.1: s-maxage before max-age before Expires before a heuristic")
    void theOrderOfSources() {
        String[] modified = {"Last-Modified", date(-DAY)};

        assertThat(lifetime("Cache-Control", "max-age=1, s-maxage=3600", "Expires", date(-10)))
                .hasSeconds(3600);
        assertThat(lifetime("Cache-Control", "s-maxage=1", "Cache-Control", "max-age=3600"))
                .hasSeconds(1);
        assertThat(lifetime("Cache-Control", "max-age=3600", "Expires", "0")).hasSeconds(3600);
        assertThat(lifetime("Cache-Control", "max-age=0", "Expires", date(3600)))
                .isZero();
        assertThat(lifetime("Expires", date(60), modified[0], modified[1])).hasSeconds(60);
        assertThat(lifetime(modified)).hasSeconds(DAY / 10);
        assertThat(lifetime()).isZero();
    }

    @Test
    @DisplayName("RFC 9111, section 5.3: Expires counts from Date, or from receipt where Date is invalid")
    void expiresCountsFromDate() {
        assertThat(lifetime("Date", date(10), "Expires", date(20))).hasSeconds(10);
        assertThat(lifetime("Date", date(400), "Expires", date(300))).isZero();
        assertThat(lifetime("Date", "foo", "Expires", date(10))).hasSeconds(10);
        assertThat(lifetime("Expires", date(0))).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "", "never", "Thu, 18 Aug 2050 02:01:18 UTC"})
    @DisplayName("RFC 9111, section 5.3: an invalid Expires is in the past, whatever Last-Modified says")
    void anInvalidExpiresIsInThePast(String value) {
        assertThat(lifetime("Expires", value, "Last-Modified", date(-DAY))).isZero();
    }

    @Test
    @DisplayName("RFC 9111, section 4.2.1: of two Expires lines the first counts")
    void theFirstExpiresCounts() {
        assertThat(lifetime("Expires", date(10), "Expires", date(20))).hasSeconds(10);
        assertThat(lifetime("Expires", "0", "Expires", date(20))).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501})
    @DisplayName("RFC 9111, section 4.2.2; RFC 9110, section 15.1: heuristics for these statuses")
    void heuristicStatuses(int status) {
        ResponseHead response = response(status, "Last-Modified", date(-DAY));
        boolean error = status >= 400;

        assertThat(lifetime(response, RFC)).hasSeconds(DAY / 10);
        assertThat(lifetime(response, SECURE)).hasSeconds(error ? 0 : DAY / 10);
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 202, 302, 303, 307, 400, 403, 429, 500, 502, 503, 504, 599})
    @DisplayName("RFC 9111, section 4.2.2: no heuristics for others, unless marked public")
    void otherStatusesNeedPublic(int status) {
        assertThat(lifetime(response(status, "Last-Modified", date(-DAY)), RFC)).isZero();
        assertThat(lifetime(response(status, "Last-Modified", date(-DAY), "Cache-Control", "public"), RFC))
                .hasSeconds(DAY / 10);
    }

    @Test
    void heuristicsAreCappedAndNeverNegative() {
        assertThat(lifetime("Last-Modified", date(-100 * DAY))).isEqualTo(RFC.heuristicCap());
        assertThat(lifetime("Last-Modified", date(100))).isZero();
        assertThat(lifetime("Last-Modified", "foo")).isZero();
        assertThat(lifetime("Last-Modified", date(-DAY), "Pragma", "no-cache")).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 405, 413, 414, 431, 501})
    @DisplayName("Mode secure: errors that a request can provoke live ten seconds at most")
    void provokedErrorsAreShortLived(int status) {
        ResponseHead response = response(status, "Cache-Control", "max-age=3600");

        assertThat(lifetime(response, SECURE)).hasSeconds(10);
        assertThat(lifetime(response, RFC)).hasSeconds(3600);
        assertThat(lifetime(response(status, "Cache-Control", "max-age=5"), SECURE))
                .hasSeconds(5);
    }
}
