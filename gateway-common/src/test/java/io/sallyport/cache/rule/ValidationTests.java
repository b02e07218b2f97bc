package io.sallyport.cache.rule;

import static io.sallyport.cache.rule.Messages.RFC;
import static io.sallyport.cache.rule.Messages.T0;
import static io.sallyport.cache.rule.Messages.at;
import static io.sallyport.cache.rule.Messages.date;
import static io.sallyport.cache.rule.Messages.get;
import static io.sallyport.cache.rule.Messages.ok;
import static io.sallyport.cache.rule.Messages.request;
import static io.sallyport.cache.rule.Messages.response;
import static io.sallyport.cache.rule.Messages.stored;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.Freshness;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.rule.StoringRule.Storability;
import io.sallyport.cache.rule.Validation.HeadFinding;
import io.sallyport.cache.rule.Validation.Precondition;
import io.sallyport.http.Fields;
import io.sallyport.http.ResponseHead;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationTests {
    private static StoredResponse tagged(String tag, long seconds) {
        return stored(RFC, get(), ok("Cache-Control", "max-age=60", "ETag", tag, "Date", date(seconds)));
    }

    @Nested
    class Conditions {
        @Test
        @DisplayName(
                "RFC 9111, section 4.3.1: every entity tag is sent, Last-Modified as it came where one is validated")
        void validatorsAreSent() {
            StoredResponse both = stored(
                    RFC,
                    "Cache-Control",
                    "max-age=1",
                    "ETag",
                    "W/\"a\"",
                    "Last-Modified",
                    "Sunday, 06-Nov-94 08:49:37 GMT");

            assertThat(Validation.conditions(List.of(both)))
                    .isEqualTo(Fields.of(
                            "If-None-Match", "W/\"a\"", "If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT"));
            assertThat(Validation.conditions(List.of(both, tagged("\"b\"", 0), tagged("\"b\"", 1))))
                    .isEqualTo(Fields.of("If-None-Match", "W/\"a\", \"b\""));
        }

        @Test
        void malformedValidatorsAreNotSent() {
            assertThat(Validation.conditions(
                            List.of(stored(RFC, "Cache-Control", "max-age=1", "ETag", "abc", "Last-Modified", "foo"))))
                    .isEqualTo(Fields.empty());
            assertThat(Validation.conditions(List.of())).isEqualTo(Fields.empty());
        }
    }

    @Nested
    class Selected {
        @Test
        @DisplayName("RFC 9111, section 4.3.4: a strong validator selects the response with the same one")
        void byStrongValidator() {
            List<StoredResponse> candidates = List.of(tagged("\"a\"", 0), tagged("\"b\"", 0), tagged("\"a\"", 5));

            assertThat(Validation.selected(response(304, "ETag", "\"a\""), candidates))
                    .contains(candidates.get(2));
            assertThat(Validation.selected(response(304, "ETag", "\"c\""), candidates))
                    .isEmpty();
        }

        @Test
        @DisplayName("RFC 9111, section 4.3.4: else a weak one selects the most recent with the same one")
        void byWeakValidator() {
            StoredResponse weak = tagged("W/\"a\"", 0);
            StoredResponse other = stored(RFC, "Cache-Control", "max-age=60", "Last-Modified", date(-99));

            assertThat(Validation.selected(response(304, "ETag", "W/\"a\""), List.of(weak, other)))
                    .contains(weak);
            assertThat(Validation.selected(response(304, "Last-Modified", date(-99)), List.of(weak, other)))
                    .contains(other);
            assertThat(Validation.selected(response(304), List.of(weak, other))).isEmpty();
        }

        @Test
        @DisplayName("Deviation from RFC 9111, section 4.3.4: the only candidate is selected")
        void theOnlyCandidate() {
            StoredResponse only = tagged("\"a\"", 0);

            assertThat(Validation.selected(response(304), List.of(only))).contains(only);
            assertThat(Validation.selected(response(304, "ETag", "\"b\""), List.of(only)))
                    .contains(only);
            assertThat(Validation.selected(response(304), List.of())).isEmpty();
        }
    }

    @Nested
    class Freshening {
        private final ResponseHead stored = ok(
                "Cache-Control", "max-age=2",
                "ETag", "\"a\"",
                "Content-Length", "10",
                "Content-Type", "text/plain",
                "Content-Encoding", "gzip",
                "Test", "A",
                "Test", "B",
                "Kept", "1");

        @Test
        @DisplayName("RFC 9111, section 3.2: fields of a 304 replace all stored lines of their names, others stay")
        void fieldsAreReplaced() {
            Fields merged = Validation.freshenedHead(
                            stored,
                            response(
                                    304,
                                    "Test",
                                    "C",
                                    "Content-Type",
                                    "text/html",
                                    "Cache-Control",
                                    "max-age=9",
                                    "Date",
                                    date(5)))
                    .fields();

            assertThat(merged.values("Test")).containsExactly("C");
            assertThat(merged.values("Kept")).containsExactly("1");
            assertThat(merged.values("Content-Type")).containsExactly("text/html");
            assertThat(merged.values("Cache-Control")).containsExactly("max-age=9");
            assertThat(merged.values("Date")).containsExactly(date(5));
        }

        @ParameterizedTest
        @CsvSource({
            "Content-Length, 5", "Content-Encoding, br", "Content-Range, bytes 0-1/2", "Content-MD5, x",
            "ETag, \"\"\"b\"\"\"", "Connection, x", "Transfer-Encoding, chunked", "Set-Cookie, a=b"
        })
        @DisplayName("RFC 9111, section 3.2: fields that describe the stored bytes, the message or another ETag do not")
        void exceptions(String name, String value) {
            Fields merged =
                    Validation.freshenedHead(stored, response(304, name, value)).fields();

            assertThat(merged.values(name)).isEqualTo(stored.fields().values(name));
        }

        @Test
        void aSetCookieReplacesOnlyAStoredOne() {
            ResponseHead cookie = ok("Cache-Control", "max-age=2", "Set-Cookie", "a=b");

            assertThat(Validation.freshenedHead(cookie, response(304, "Set-Cookie", "a=c"))
                            .fields()
                            .values("Set-Cookie"))
                    .containsExactly("a=c");
        }

        @Test
        void fieldsThatTheUpdateMakesPrivateGo() {
            assertThat(Validation.freshenedHead(stored, response(304, "Cache-Control", "max-age=9, private=Kept"))
                            .fields()
                            .contains("Kept"))
                    .isFalse();
        }

        @Test
        @DisplayName("RFC 9111, section 4.3.4: the age of the 304 counts, and not that of the stored response")
        void theAgeOfTheUpdateCounts() {
            ResponseHead old = ok("Cache-Control", "max-age=60", "ETag", "\"a\"", "Date", date(-500));
            Storability verdict = Validation.freshened(
                    get("Range", "bytes=0-1"), old, response(304, "Age", "30", "Date", date(-3)), T0, at(1), RFC);

            assertThat(verdict).isInstanceOfSatisfying(Storability.Storable.class, storable -> {
                assertThat(storable.freshness().correctedInitialAge()).hasSeconds(31);
                assertThat(storable.freshness().lifetime()).hasSeconds(60);
                assertThat(storable.head().fields().contains("Age")).isFalse();
                assertThat(storable.head().fields().values("Date")).containsExactly(date(-3));
            });
        }

        @Test
        void anUpdateWithoutDateIsAsOldAsItsReceipt() {
            ResponseHead old = ok("Cache-Control", "max-age=60", "ETag", "\"a\"", "Date", date(-500));
            Storability verdict =
                    Validation.freshened(get(), old, new ResponseHead(304, Fields.empty()), T0, at(1), RFC);

            assertThat(verdict).isInstanceOfSatisfying(Storability.Storable.class, storable -> {
                assertThat(storable.freshness().correctedInitialAge()).hasSeconds(1);
                assertThat(storable.head().fields().values("Date")).containsExactly(date(1));
            });
        }

        @Test
        @DisplayName("RFC 9111, section 3: what a 304 forbids to store is no longer kept")
        void noStoreEndsTheStoredResponse() {
            ResponseHead forbidding = response(304, "Cache-Control", "no-store");

            assertThat(Validation.freshened(get(), stored, forbidding, T0, T0, RFC))
                    .isEqualTo(new Storability.NotStorable("no-store"));
            Freshness freshness =
                    Validation.freshness(get(), Validation.freshenedHead(stored, forbidding), T0, T0, RFC);
            assertThat(freshness.noCache()).isTrue();
            assertThat(freshness.lifetime()).isZero();
        }

        @Test
        void freshnessIsThatOfTheMergedHead() {
            Freshness freshness = Validation.freshness(
                    get(),
                    Validation.freshenedHead(stored, response(304, "Cache-Control", "max-age=9")),
                    T0,
                    at(1),
                    RFC);

            assertThat(freshness.lifetime()).hasSeconds(9);
            assertThat(freshness.correctedInitialAge()).hasSeconds(1);
        }
    }

    @Nested
    class ClientConditions {
        private final ResponseHead stored =
                ok("ETag", "\"a\"", "Last-Modified", date(-3000), "Content-Type", "text/plain");

        private Precondition evaluate(String... fields) {
            return Validation.evaluate(get(fields), stored);
        }

        @Test
        @DisplayName("RFC 9110, section 13.1.2: If-None-Match compares weakly, over a list, and knows *")
        void ifNoneMatch() {
            assertThat(evaluate("If-None-Match", "\"x\", W/\"a\"")).isEqualTo(Precondition.NOT_MODIFIED);
            assertThat(evaluate("If-None-Match", "*")).isEqualTo(Precondition.NOT_MODIFIED);
            assertThat(evaluate("If-None-Match", "\"x\"")).isEqualTo(Precondition.HOLDS);
            assertThat(evaluate("If-None-Match", "a")).isEqualTo(Precondition.HOLDS);
            assertThat(evaluate()).isEqualTo(Precondition.NONE);
        }

        @Test
        @DisplayName("RFC 9110, section 13.2.2: If-None-Match goes before If-Modified-Since")
        void precedence() {
            assertThat(evaluate("If-None-Match", "\"x\"", "If-Modified-Since", date(0)))
                    .isEqualTo(Precondition.HOLDS);
            assertThat(evaluate("If-None-Match", "\"a\"", "If-Modified-Since", date(-9000)))
                    .isEqualTo(Precondition.NOT_MODIFIED);
        }

        @Test
        @DisplayName("RFC 9110, section 13.1.3: If-Modified-Since is ignored where it is no date")
        void ifModifiedSince() {
            assertThat(evaluate("If-Modified-Since", date(-3000))).isEqualTo(Precondition.NOT_MODIFIED);
            assertThat(evaluate("If-Modified-Since", date(-2000))).isEqualTo(Precondition.NOT_MODIFIED);
            assertThat(evaluate("If-Modified-Since", date(-3001))).isEqualTo(Precondition.HOLDS);
            assertThat(evaluate("If-Modified-Since", "yesterday")).isEqualTo(Precondition.NONE);
        }

        @Test
        @DisplayName("RFC 9111, section 4.3.2: without Last-Modified, Date is compared")
        void withoutLastModified() {
            assertThat(Validation.evaluate(get("If-Modified-Since", date(0)), ok()))
                    .isEqualTo(Precondition.NOT_MODIFIED);
            assertThat(Validation.evaluate(get("If-Modified-Since", date(-1)), ok()))
                    .isEqualTo(Precondition.HOLDS);
        }

        @Test
        @DisplayName("RFC 9110, section 13.2.1: conditions count only for GET and HEAD and a stored 2xx")
        void onlyForSuccess() {
            assertThat(Validation.evaluate(get("If-None-Match", "*"), response(404, "ETag", "\"a\"")))
                    .isEqualTo(Precondition.NONE);
            assertThat(Validation.evaluate(request("POST", "/a", "If-None-Match", "*"), stored))
                    .isEqualTo(Precondition.NONE);
            assertThat(Validation.evaluate(request("HEAD", "/a", "If-None-Match", "*"), stored))
                    .isEqualTo(Precondition.NOT_MODIFIED);
        }

        @Test
        @DisplayName(
                "RFC 9110, section 15.4.5: a 304 carries Cache-Control, Content-Location, Date, ETag, Expires, Vary")
        void notModifiedFields() {
            Fields fields = Validation.notModifiedFields(ok(
                    "Cache-Control",
                    "max-age=1",
                    "Content-Location",
                    "/x",
                    "ETag",
                    "\"a\"",
                    "Expires",
                    "0",
                    "Vary",
                    "a",
                    "Content-Length",
                    "5",
                    "Content-Type",
                    "text/plain",
                    "Content-Encoding",
                    "gzip"));

            assertThat(fields.names())
                    .containsExactlyInAnyOrder("cache-control", "content-location", "etag", "expires", "vary", "date");
        }

        @Test
        void conditionsAndRangesAreTakenOffARequest() {
            Fields all = Fields.of(
                    "If-Match",
                    "*",
                    "if-none-match",
                    "*",
                    "If-Modified-Since",
                    "x",
                    "If-Unmodified-Since",
                    "x",
                    "Range",
                    "bytes=0-1",
                    "If-Range",
                    "x",
                    "A",
                    "1");

            assertThat(Validation.withoutConditions(Validation.withoutRange(all)))
                    .isEqualTo(Fields.of("A", "1"));
            assertThat(Validation.withoutRange(all).contains("If-Match")).isTrue();
        }
    }

    @Nested
    class Head {
        private final StoredResponse stored =
                stored(RFC, "Cache-Control", "max-age=2", "ETag", "\"a\"", "Last-Modified", date(-3000));

        @Test
        @DisplayName("RFC 9111, section 4.3.5: a HEAD response with the same validators and length updates")
        void sameRepresentation() {
            assertThat(Validation.byHead(stored, ok("ETag", "\"a\"", "Content-Length", "10")))
                    .isEqualTo(HeadFinding.UPDATES);
            assertThat(Validation.byHead(stored, ok())).isEqualTo(HeadFinding.UPDATES);
        }

        @ParameterizedTest
        @ValueSource(strings = {"ETag: \"b\"", "Last-Modified: x", "Content-Length: 11", "Content-Length: x"})
        @DisplayName("RFC 9111, section 4.3.5: with others it makes the stored response stale")
        void otherRepresentation(String field) {
            int colon = field.indexOf(':');
            ResponseHead head = ok(field.substring(0, colon), field.substring(colon + 2));

            assertThat(Validation.byHead(stored, head)).isEqualTo(HeadFinding.INVALIDATES);
        }

        @Test
        void onlyA200SaysAnything() {
            assertThat(Validation.byHead(stored, response(410))).isEqualTo(HeadFinding.NOTHING);
        }
    }
}
