package io.sallyport.cache.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.CachePolicy.QueryPolicy;
import io.sallyport.http.Fields;
import io.sallyport.http.RandomText;
import io.sallyport.http.RequestHead;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheKeysTests {
    private static CacheKey key(
            String scheme, String authority, String path, @Nullable String query, QueryPolicy policy) {
        CachePolicy rfc = Messages.RFC;
        CachePolicy withQuery = new CachePolicy(
                rfc.mode(),
                rfc.targetedFields(),
                rfc.heuristicCap(),
                rfc.staleCap(),
                rfc.staleIfError(),
                rfc.errorCap(),
                policy,
                rfc.trustClientDirectives(),
                rfc.storeSetCookie(),
                rfc.storePost(),
                rfc.maxObjectBytes(),
                rfc.rangeFillBytes());
        return CacheKeys.of("r", new RequestHead("GET", scheme, authority, path, query, Fields.empty()), withQuery);
    }

    private static CacheKey path(String path) {
        return key("https", "a", path, null, new QueryPolicy.AsIs());
    }

    @ParameterizedTest
    @CsvSource({
        "https, EXAMPLE.com, example.com",
        "https, example.com:443, example.com",
        "http, example.com:80, example.com",
        "http, example.com:443, example.com:443",
        "https, example.com:, example.com",
        "https, example.com:0443, example.com",
        "https, [::1]:443, [::1]",
        "https, [::1], [::1]",
        "https, [::1]:8443, [::1]:8443"
    })
    @DisplayName("RFC 9110, section 4.2.3: the host is in lower case and without the default port")
    void hosts(String scheme, String authority, String host) {
        assertThat(key(scheme, authority, "/", null, new QueryPolicy.AsIs()).host())
                .isEqualTo(host);
    }

    @ParameterizedTest
    @CsvSource({
        "/%7euser/%41, /~user/A",
        "/a%2fb, /a%2Fb",
        "/a%5cb, /a%5Cb",
        "/a%00, /a%00",
        "/a%3fb, /a%3Fb",
        "/%e4, /%E4",
        "/a%2Ehtml, /a.html",
        "/%2e%2e/b, /%2E%2E/b",
        "/.%2e/b, /.%2E/b",
        "/../b, /../b",
        "/%zz%4, /%zz%4",
        "/a//b;c, /a//b;c",
        "/A, /A",
        "/%25%34%31, /%2541"
    })
    @DisplayName(
            "RFC 3986, section 6.2.2: percent-encodings in upper case, unreserved characters decoded, no delimiter is")
    void paths(String path, String normalised) {
        assertThat(path(path).path()).isEqualTo(normalised);
    }

    @Test
    void anEmptyPathIsARoot() {
        assertThat(path("").path()).isEqualTo("/");
    }

    @Test
    void theQueryEntersByThePolicyOfTheRoute() {
        String query = "b=2&a=1&b=1&&%75tm=x";

        assertThat(key("https", "a", "/", query, new QueryPolicy.AsIs()).query())
                .isEqualTo(query);
        assertThat(key("https", "a", "/", "", new QueryPolicy.AsIs()).query()).isEmpty();
        assertThat(key("https", "a", "/", null, new QueryPolicy.Sorted()).query())
                .isNull();
        assertThat(key("https", "a", "/", query, new QueryPolicy.Sorted()).query())
                .isEqualTo("a=1&b=2&b=1&%75tm=x");
        assertThat(key("https", "a", "/", query, new QueryPolicy.Only(Set.of("b")))
                        .query())
                .isEqualTo("b=2&b=1");
        assertThat(key("https", "a", "/", query, new QueryPolicy.Only(Set.of("z")))
                        .query())
                .isNull();
        assertThat(key("https", "a", "/", query, new QueryPolicy.Except(Set.of("utm", "b")))
                        .query())
                .isEqualTo("a=1");
    }

    @Test
    @DisplayName("The URL that is handed on is the URL that is keyed: normalising it again changes nothing")
    void normalisationIsIdempotent() {
        long seed = Long.getLong("seed", 20261125L);
        int runs = Integer.getInteger("fuzz", 50_000);
        Random random = new Random(seed);
        QueryPolicy[] policies = {
            new QueryPolicy.AsIs(),
            new QueryPolicy.Sorted(),
            new QueryPolicy.Only(Set.of("a", "b")),
            new QueryPolicy.Except(Set.of("a", "2"))
        };
        for (int run = 0; run < runs; run++) {
            String path = "/" + RandomText.of(random, "aB/.%2fFeE5C0?;", 16).replace("?", "");
            String query = RandomText.of(random, "ab=&%2fF61;+", 16);
            String authority = RandomText.of(random, "aB.:0438[]", 10);
            QueryPolicy policy = policies[random.nextInt(policies.length)];
            CacheKey once = key("https", authority, path, query, policy);
            CacheKey twice = key("https", once.host(), once.path(), once.query(), policy);

            assertThat(twice.path()).as("seed %d, %s", seed, path).isEqualTo(once.path());
            assertThat(twice.query()).as("seed %d, %s", seed, query).isEqualTo(once.query());
            assertThat(segments(once.path())).as("seed %d, %s", seed, path).isEqualTo(segments(path));
        }
    }

    private static long segments(String path) {
        return path.chars().filter(c -> c == '/').count();
    }

    @Test
    @DisplayName("RFC 9111, section 2: the key holds the whole target URI, and no two of them are alike")
    void partsOfAKeyNeverRunIntoEachOther() {
        CacheKey one = new CacheKey("r", "https", "a", "/b", "c");
        CacheKey other = new CacheKey("r", "https", "a/", "b", "c");

        assertThat(Arrays.equals(one.encoded(), other.encoded())).isFalse();
    }
}
