package io.sallyport.cache.rule;

import static io.sallyport.cache.rule.Messages.RFC;
import static io.sallyport.cache.rule.Messages.SECURE;
import static io.sallyport.cache.rule.Messages.T0;
import static io.sallyport.cache.rule.Messages.TRUSTING;
import static io.sallyport.cache.rule.Messages.at;
import static io.sallyport.cache.rule.Messages.date;
import static io.sallyport.cache.rule.Messages.get;
import static io.sallyport.cache.rule.Messages.ok;
import static io.sallyport.cache.rule.Messages.request;
import static io.sallyport.cache.rule.Messages.response;
import static io.sallyport.cache.rule.Messages.stored;
import static io.sallyport.cache.rule.Messages.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.rule.StoringRule.Storability;
import io.sallyport.http.Fields;
import io.sallyport.http.RandomText;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoringRuleTests {
    private static final ResponseHead HOUR = ok("Cache-Control", "max-age=3600");

    private static CachePolicy policy(CachePolicy.Mode mode) {
        return mode == CachePolicy.Mode.RFC ? RFC : SECURE;
    }

    @ParameterizedTest
    @CsvSource({"GET, stored", "HEAD, method", "PUT, method", "DELETE, method", "get, method", "FOO, method"})
    @DisplayName("RFC 9111, section 3: the cache understands the request method")
    void methods(String method, String verdict) {
        assertThat(verdict(SECURE, request(method, "/a"), HOUR)).isEqualTo(verdict);
    }

    @Test
    @DisplayName("RFC 9110, section 9.3.3: POST needs explicit freshness and its own URI as Content-Location")
    void postNamesItsOwnUri() {
        String control = "max-age=60";

        assertThat(verdict(RFC, request("POST", "/a"), ok("Cache-Control", control, "Content-Location", "/a")))
                .isEqualTo("stored");
        assertThat(verdict(
                        RFC,
                        request("POST", "/a"),
                        ok("Cache-Control", control, "Content-Location", "https://EXAMPLE.com:443/a")))
                .isEqualTo("stored");
        assertThat(verdict(RFC, request("POST", "/a"), ok("Cache-Control", control, "Content-Location", "/b")))
                .isEqualTo("method");
        assertThat(verdict(RFC, request("POST", "/a"), ok("Content-Location", "/a", "Last-Modified", date(-9999))))
                .isEqualTo("method");
        assertThat(verdict(RFC, request("POST", "/a"), HOUR)).isEqualTo("method");
        assertThat(verdict(
                        RFC, request("POST", "/a"), response(201, "Cache-Control", control, "Content-Location", "/a")))
                .as("what tells of a creation is no representation of the resource")
                .isEqualTo("method");
        assertThat(verdict(
                        RFC,
                        new RequestHead("POST", "https", "example.com", "/[", null, Fields.empty()),
                        ok("Cache-Control", control, "Content-Location", "[")))
                .as("two URIs that are none are not the same one")
                .isEqualTo("method");
        assertThat(verdict(SECURE, request("POST", "/a"), ok("Cache-Control", control, "Content-Location", "/a")))
                .as("a stranger's content must not become everybody's")
                .isEqualTo("method");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 203, 204, 299, 301, 302, 303, 307, 308, 400, 404, 410, 499, 500, 502, 503, 504, 599})
    @DisplayName("RFC 9111, section 3: any final status with explicit freshness is stored")
    void explicitFreshnessMakesAnyFinalStatusStorable(int status) {
        assertThat(verdict(SECURE, get(), response(status, "Expires", date(100), "Last-Modified", date(0))))
                .isEqualTo("stored");
    }

    @ParameterizedTest
    @CsvSource({"100, status", "103, status", "304, status", "999, status", "206, partial"})
    @DisplayName("RFC 9111, section 3: interim and unknown classes, 304 and 206 are not stored as such")
    void otherStatuses(int status, String verdict) {
        assertThat(verdict(RFC, get(), response(status, "Cache-Control", "max-age=60")))
                .isEqualTo(verdict);
    }

    @Test
    @DisplayName("RFC 9111, section 5.2.2.3: must-understand needs an understood status and then outweighs no-store")
    void mustUnderstand() {
        assertThat(verdict(RFC, get(), response(599, "Cache-Control", "max-age=60, must-understand")))
                .isEqualTo("must-understand");
        assertThat(verdict(RFC, get(), response(200, "Cache-Control", "max-age=60, must-understand, no-store")))
                .isEqualTo("stored");
        assertThat(verdict(RFC, get(), response(599, "Cache-Control", "max-age=60, must-understand, no-store")))
                .isEqualTo("must-understand");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "RFC 9111, sections 5.2.2.5 and 5.2.2.7: no-store and private are not stored, in any spelling or place")
    void noStoreAndPrivate(CachePolicy.Mode mode) {
        for (String name :
                new String[] {"no-store", "private", "No-Store", "PRIVATE", "private=\"\"", "no-store=\"x\""}) {
            for (String line : new String[] {"%s", "max-age=60, %s", "%s,max-age=60", "public ,\t%s , s-maxage=60"}) {
                ResponseHead response = ok("Cache-Control", line.formatted(name), "Expires", date(60));
                String expected = name.toLowerCase(Locale.ROOT).startsWith("p") ? "private" : "no-store";

                assertThat(verdict(policy(mode), get(), response))
                        .as(line, name)
                        .isEqualTo(expected);
                assertThat(verdict(
                                policy(mode),
                                get(),
                                ok("Cache-Control", "max-age=60", "Cache-Control", line.formatted(name))))
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    @DisplayName("RFC 9111, section 5.2.1.5: a request's no-store counts where clients are trusted")
    void requestNoStore() {
        assertThat(verdict(SECURE, get("Cache-Control", "no-store"), HOUR)).isEqualTo("stored");
        assertThat(verdict(TRUSTING, get("Cache-Control", "no-store"), HOUR)).isEqualTo("request-no-store");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "max-age=60; authorization",
                "max-age=60, public; stored",
                "s-maxage=60; stored",
                "max-age=60, must-revalidate; stored",
                "max-age=60, proxy-revalidate; authorization",
                "max-age=60, x=\"public\"; authorization",
                "max-age=60, private, public; private"
            })
    @DisplayName("RFC 9111, section 3.5: with Authorization only public, s-maxage or must-revalidate allow it")
    void authorization(String control, String verdict) {
        assertThat(verdict(RFC, get("Authorization", "FOO"), ok("Cache-Control", control)))
                .isEqualTo(verdict);
    }

    @Test
    @DisplayName("RFC 9111, section 3: without explicit freshness only heuristically cacheable statuses or public")
    void withoutLifetime() {
        assertThat(verdict(RFC, get(), response(403, "ETag", "\"a\""))).isEqualTo("no-lifetime");
        assertThat(verdict(RFC, get(), response(200, "ETag", "\"a\""))).isEqualTo("stored");
        assertThat(verdict(RFC, get(), response(403, "ETag", "\"a\"", "Cache-Control", "public")))
                .isEqualTo("stored");
        assertThat(verdict(RFC, get(), response(404, "Last-Modified", date(-9999))))
                .isEqualTo("stored");
        assertThat(verdict(SECURE, get(), response(404, "Last-Modified", date(-9999))))
                .isEqualTo("no-lifetime");
    }

    @Test
    void whatCouldNeverBeReusedIsNotStored() {
        assertThat(verdict(RFC, get(), ok())).isEqualTo("stale");
        assertThat(verdict(RFC, get(), ok("Cache-Control", "max-age=60", "Age", "60")))
                .isEqualTo("stale");
        assertThat(verdict(RFC, get(), ok("Cache-Control", "max-age=60, no-cache")))
                .isEqualTo("no-cache");
        assertThat(verdict(RFC, get(), ok("Cache-Control", "no-cache", "ETag", "\"a\"")))
                .isEqualTo("stored");
        assertThat(verdict(RFC, get(), ok("Cache-Control", "max-age=0, stale-if-error=60")))
                .isEqualTo("stored");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "*, *", ", *", "*, Foo", "Foo, *", "a,b,c,d,e,f,g,h,i"})
    @DisplayName("RFC 9111, section 4.1: a Vary with * in any place never matches; at most eight names are stored")
    void vary(String vary) {
        assertThat(verdict(RFC, get(), ok("Cache-Control", "max-age=60", "Vary", vary)))
                .isEqualTo("vary");
        assertThat(verdict(RFC, get(), ok("Cache-Control", "max-age=60", "Vary", "", "Vary", vary)))
                .isEqualTo("vary");
    }

    @Test
    @DisplayName(
            "Mode secure: a response with Set-Cookie is not stored, unless the field is named by no-cache or private")
    void setCookie() {
        ResponseHead cookie = ok("Cache-Control", "max-age=60", "Set-Cookie", "a=b");

        assertThat(verdict(SECURE, get(), cookie)).isEqualTo("set-cookie");
        assertThat(verdict(RFC, get(), cookie)).isEqualTo("stored");
        StoredResponse stripped =
                stored(SECURE, "Cache-Control", "max-age=60, no-cache=\"Set-Cookie\"", "Set-Cookie", "a=b");
        assertThat(stripped.head().fields().contains("Set-Cookie")).isFalse();
    }

    @Test
    @DisplayName(
            "RFC 9111, section 3.1: hop-by-hop and Connection-nominated fields, Age and qualified fields are left out")
    void theStoredHead() {
        Fields stored = stored(
                        SECURE,
                        "Cache-Control",
                        "max-age=60, no-cache=\"x, y\", private=z",
                        "Connection",
                        "a, close",
                        "Keep-Alive",
                        "timeout=5",
                        "Transfer-Encoding",
                        "chunked",
                        "Age",
                        "3",
                        "Cache-Status",
                        "regional; hit",
                        "A",
                        "1",
                        "X",
                        "2",
                        "Y",
                        "3",
                        "Z",
                        "4",
                        "B",
                        "5")
                .head()
                .fields();

        assertThat(stored.names()).containsExactlyInAnyOrder("cache-control", "cache-status", "b", "date");
    }

    @Test
    @DisplayName("RFC 9110, section 6.6.1: where Date is missing or invalid, the time of receipt is recorded")
    void dateIsRecorded() {
        for (Fields fields : new Fields[] {
            Fields.of("Cache-Control", "max-age=60"), Fields.of("Cache-Control", "max-age=60", "Date", "foo")
        }) {
            Storability verdict = StoringRule.judge(get(), new ResponseHead(200, fields), T0, at(2), RFC);

            assertThat(verdict)
                    .isInstanceOfSatisfying(
                            Storability.Storable.class,
                            storable -> assertThat(storable.head().fields().values("Date"))
                                    .containsExactly(date(2)));
        }
    }

    @Test
    @DisplayName("RFC 5861: stale allowances are capped, and nothing where stale reuse is forbidden")
    void staleAllowances() {
        assertThat(stored(RFC, "Cache-Control", "max-age=1, stale-while-revalidate=5, stale-if-error=999999")
                        .freshness())
                .satisfies(freshness -> {
                    assertThat(freshness.staleWhileRevalidate()).hasSeconds(5);
                    assertThat(freshness.staleIfError()).isEqualTo(RFC.staleCap());
                });
        for (String forbidding : new String[] {"must-revalidate", "proxy-revalidate"}) {
            assertThat(stored(
                                    RFC,
                                    "Cache-Control",
                                    "max-age=1, stale-while-revalidate=5, stale-if-error=5, " + forbidding)
                            .freshness())
                    .satisfies(freshness -> {
                        assertThat(freshness.staleWhileRevalidate()).isZero();
                        assertThat(freshness.staleIfError()).isZero();
                        assertThat(freshness.mustRevalidate()).isTrue();
                    });
        }
        assertThat(stored(SECURE, get(), response(400, "Cache-Control", "max-age=99, stale-if-error=99"))
                        .freshness())
                .satisfies(freshness -> {
                    assertThat(freshness.staleIfError()).isZero();
                    assertThat(freshness.mustRevalidate()).isTrue();
                });
    }

    @Test
    void tagsAreReadFromBothFields() {
        assertThat(stored(RFC, "Cache-Control", "max-age=60", "Surrogate-Key", "a  b", "Cache-Tag", "c, a")
                        .tags())
                .containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void anyMessageIsJudgedWithoutAnException() {
        long seed = Long.getLong("seed", 20261125L);
        int runs = Integer.getInteger("fuzz", 20_000);
        Random random = new Random(seed);
        String[] names = {
            "Cache-Control",
            "CDN-Cache-Control",
            "Age",
            "Date",
            "Expires",
            "Last-Modified",
            "ETag",
            "Vary",
            "Connection",
            "Content-Location",
            "Content-Range",
            "Pragma",
            "Set-Cookie",
            "Surrogate-Key"
        };
        for (int run = 0; run < runs; run++) {
            Fields.Builder fields = Fields.builder();
            for (int lines = random.nextInt(8); lines > 0; lines--) {
                String value = random.nextBoolean()
                        ? RandomText.of(random, "a0,;=\"\\* \u00ff", 20)
                        : RandomText.mutated(random, "max-age=60, public, s-maxage=5, private=\"a\"", "a9,=\"");
                fields.add(names[random.nextInt(names.length)], value);
            }
            ResponseHead response = new ResponseHead(200 + random.nextInt(400), fields.build());

            assertThat(StoringRule.judge(
                            request(random.nextBoolean() ? "GET" : "POST", "/a"), response, T0, at(1), SECURE))
                    .as("seed %d, %s", seed, response)
                    .isNotNull();
        }
    }

    @Test
    @DisplayName("Mode secure stores nothing that mode rfc does not")
    void secureIsASubsetOfRfc() {
        long seed = Long.getLong("seed", 20261125L);
        Random random = new Random(seed);
        String[] directives = {
            "max-age=60", "public", "no-cache", "s-maxage=5", "must-understand", "private=\"x\"", "no-store"
        };
        int[] statuses = {200, 204, 302, 400, 404, 405, 501, 503};
        for (int run = 0; run < 20_000; run++) {
            Fields.Builder fields = Fields.builder().add("Date", date(0));
            for (int lines = random.nextInt(3); lines > 0; lines--) {
                fields.add("Cache-Control", directives[random.nextInt(directives.length)]);
            }
            if (random.nextBoolean()) {
                fields.add("Last-Modified", date(-random.nextInt(9999)));
            }
            if (random.nextInt(4) == 0) {
                fields.add("Set-Cookie", "a=b");
            }
            ResponseHead response = new ResponseHead(statuses[random.nextInt(statuses.length)], fields.build());
            if (verdict(SECURE, get(), response).equals("stored")) {
                assertThat(verdict(RFC, get(), response))
                        .as("seed %d, %s", seed, response)
                        .isEqualTo("stored");
                assertThat(stored(SECURE, get(), response).freshness().lifetime())
                        .isLessThanOrEqualTo(
                                stored(RFC, get(), response).freshness().lifetime());
            }
        }
    }
}
