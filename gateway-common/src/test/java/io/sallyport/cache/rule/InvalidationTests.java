package io.sallyport.cache.rule;

import static io.sallyport.cache.rule.Messages.request;
import static io.sallyport.cache.rule.Messages.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.http.RequestHead;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InvalidationTests {
    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "M-SEARCH", "FOO", "get"})
    @DisplayName("RFC 9111, section 4.4: an unsafe or unknown method that succeeds invalidates the target URI")
    void unsafeMethods(String method) {
        for (int status : new int[] {200, 201, 204, 302}) {
            assertThat(Invalidation.targets(request(method, "/a/b"), response(status)))
                    .containsExactly("https://example.com/a/b");
        }
        for (int status : new int[] {400, 404, 500, 503}) {
            assertThat(Invalidation.targets(request(method, "/a/b"), response(status)))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE"})
    @DisplayName("RFC 9110, section 9.2.1: safe methods invalidate nothing")
    void safeMethods(String method) {
        assertThat(Invalidation.targets(request(method, "/a"), response(200, "Location", "/b")))
                .isEmpty();
    }

    @Test
    @DisplayName("RFC 9111, section 4.4: Location and Content-Location of the same origin are invalidated too")
    void locations() {
        assertThat(Invalidation.targets(
                        request("POST", "/a/b"),
                        response(201, "Location", "c?d=1#e", "Content-Location", "//EXAMPLE.com:443/f")))
                .containsExactlyInAnyOrder(
                        "https://example.com/a/b", "https://example.com/a/c?d=1", "https://example.com/f");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://other.example/x",
                "http://example.com/x",
                "https://example.com:8443/x",
                "//other.example",
                "mailto:a@b",
                "http://[",
                "https://example.com@evil.example/"
            })
    @DisplayName("RFC 9111, section 4.4: those of another origin are not")
    void otherOrigins(String location) {
        assertThat(Invalidation.targets(request("POST", "/a"), response(200, "Location", location)))
                .containsExactly("https://example.com/a");
    }

    @Test
    void targetsBecomeRequests() {
        RequestHead head = Invalidation.request("https://example.com/a?b=c?d").orElseThrow();

        assertThat(head.targetUri()).isEqualTo("https://example.com/a?b=c?d");
        assertThat(head.query()).isEqualTo("b=c?d");
        assertThat(Invalidation.request("nonsense")).isEmpty();
        assertThat(Invalidation.request("https://example.com")).isEmpty();
    }
}
