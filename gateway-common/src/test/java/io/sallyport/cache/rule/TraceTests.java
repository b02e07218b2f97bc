package io.sallyport.cache.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.http.Fields;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a request and a response carry of the way they went: Via, CDN-Loop and Cache-Status. */
class TraceTests {
    @Test
    @DisplayName("RFC 9110, section 7.6.3: Via is appended")
    void viaIsAppended() {
        assertThat(Via.append(Fields.empty(), "1.1", "edge")).isEqualTo(Fields.of("Via", "1.1 edge"));
        assertThat(Via.append(Fields.of("Via", "1.0 a", "Via", "1.1 b"), "2", "edge"))
                .isEqualTo(Fields.of("Via", "1.0 a, 1.1 b, 2 edge"));
    }

    @Test
    @DisplayName("RFC 8586, section 2: a cdn-id that is already there is a loop; it is appended otherwise")
    void cdnLoop() {
        Fields passed = CdnLoop.append(Fields.of("CDN-Loop", "other; v=\"a, sallyport-edge\""), "sallyport-edge");

        assertThat(passed).isEqualTo(Fields.of("CDN-Loop", "other; v=\"a, sallyport-edge\", sallyport-edge"));
        assertThat(CdnLoop.loops(passed, "sallyport-edge")).isTrue();
        assertThat(CdnLoop.loops(passed, "sallyport-regional")).isFalse();
        assertThat(CdnLoop.loops(Fields.of("CDN-Loop", "other; v=\"a, sallyport-edge\""), "sallyport-edge"))
                .isFalse();
        assertThat(CdnLoop.loops(Fields.of("cdn-loop", "x", "cdn-loop", "Sallyport-Edge ; p=1"), "sallyport-edge"))
                .isTrue();
        assertThat(CdnLoop.loops(Fields.empty(), "sallyport-edge")).isFalse();
    }

    @Test
    @DisplayName("RFC 9211, section 2: members with their parameters, appended after those nearer to the origin")
    void cacheStatus() {
        assertThat(CacheStatus.hit("edge", Duration.ofSeconds(30)).render()).isEqualTo("edge; hit; ttl=30");
        CacheStatus miss =
                CacheStatus.fwd("regional", "uri-miss").fwdStatus(200).stored().collapsed();
        assertThat(miss.render()).isEqualTo("regional; fwd=uri-miss; fwd-status=200; stored; collapsed");
        assertThat(CacheStatus.append(miss.render(), CacheStatus.hit("edge", Duration.ofSeconds(-5))))
                .isEqualTo("regional; fwd=uri-miss; fwd-status=200; stored; collapsed, edge; hit; ttl=-5");
        assertThat(CacheStatus.append(null, miss.detail("a \"b\"\u00e4"))).endsWith("; detail=\"a \\\"b\\\"?\"");
        assertThat(CacheStatus.append(" ", CacheStatus.fwd("e", "stale").ttl(Duration.ZERO)))
                .isEqualTo("e; fwd=stale; ttl=0");
    }
}
