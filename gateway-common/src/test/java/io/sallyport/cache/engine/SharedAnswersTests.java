package io.sallyport.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.CachePolicy.Mode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who of those who wait for one exchange gets what it brings. */
class SharedAnswersTests {
    private final CacheUnderTest cache = new CacheUnderTest(CachePolicy.of(Mode.RFC, List.of()));

    @AfterEach
    void everythingIsGivenBack() {
        cache.close();
        assertThat(cache.store.usage().bytes()).isZero();
    }

    @Test
    @DisplayName(
            "RFC 9112, section 6.3: a content ends with the last byte of its length; whoever has it finds it stored")
    void theLastByteIsTheEnd() {
        CacheUnderTest.Asked asked = cache.asks();
        cache.begins(200, "Cache-Control", "max-age=60", "Content-Length", "2");
        cache.brings("o");
        assertThat(cache.plan("GET")).isInstanceOf(Plan.Forward.class);
        cache.brings("k");
        assertThat(cache.plan("GET"))
                .isInstanceOfSatisfying(Plan.Serve.class, serve -> cache.store.release(serve.response()));
        cache.fails();
        assertThat(cache.told(asked)).isEqualTo("200 ok");
    }

    @Test
    @DisplayName("RFC 9112, section 6.3: a content of no bytes ends with its head")
    void nothingEndsAtOnce() {
        CacheUnderTest.Asked asked = cache.asks();
        cache.begins(200, "Cache-Control", "max-age=60", "Content-Length", "0");
        assertThat(cache.plan("GET"))
                .isInstanceOfSatisfying(Plan.Serve.class, serve -> cache.store.release(serve.response()));
        assertThat(cache.told(asked)).isEqualTo("200 ");
    }

    @Test
    @DisplayName("RFC 9112, section 6.3: a 204 ends with its head; whoever has it finds it stored")
    void noContentEndsAtOnce() {
        CacheUnderTest.Asked asked = cache.asks();
        cache.begins(204, "Cache-Control", "max-age=60");
        assertThat(cache.plan("GET"))
                .isInstanceOfSatisfying(Plan.Serve.class, serve -> cache.store.release(serve.response()));
        assertThat(cache.told(asked)).isEqualTo("204 ");
    }

    @Test
    @DisplayName("RFC 9111, section 4.2.4: each waiting request gets the stale response that it selects itself")
    void eachItsOwnStandIn() {
        cache.told(first("de", "max-age=5, stale-if-error=60"));
        cache.told(first("en", "max-age=5, stale-if-error=60"));
        cache.told(first("fr", "max-age=5, must-revalidate"));
        cache.forgets();
        cache.passes(Duration.ofSeconds(10));
        CacheUnderTest.Asked french = cache.asks("Accept-Language", "fr");
        CacheUnderTest.Asked german = cache.asks("Accept-Language", "de");
        CacheUnderTest.Asked english = cache.asks("Accept-Language", "en");
        assertThat(cache.exchanges).hasSize(4);
        cache.answers(503, "sorry");
        assertThat(cache.told(german)).isEqualTo("STALE_ON_ERROR de");
        assertThat(cache.told(english)).isEqualTo("STALE_ON_ERROR en");
        assertThat(cache.told(french)).isEqualTo("503 sorry");
    }

    @Test
    @DisplayName("RFC 9111, section 4.2.4: one who has no stand-in hears of the failure, the others do not")
    void aFailureIsForThoseWithoutStandIn() {
        cache.told(first("de", "max-age=5"));
        cache.told(first("fr", "max-age=5, must-revalidate"));
        cache.forgets();
        cache.passes(Duration.ofSeconds(10));
        CacheUnderTest.Asked german = cache.asks("Accept-Language", "de");
        CacheUnderTest.Asked french = cache.asks("Accept-Language", "fr");
        cache.fails();
        assertThat(cache.told(german)).isEqualTo("STALE_ON_ERROR de");
        assertThat(cache.told(french)).isEqualTo("failed");
    }

    private void servesStale(int exchanges) {
        Plan plan = cache.plan("GET", "Accept-Language", "de");
        assertThat(plan).isInstanceOfSatisfying(Plan.ServeAndRevalidate.class, stale -> {
            cache.store.release(stale.response());
            cache.refreshes(stale.refresh());
        });
        assertThat(cache.exchanges).hasSize(exchanges);
    }

    @Test
    @DisplayName("RFC 5861, section 4: a failed refresh that nobody waits for leaves what may be used on error")
    void aRefreshThatFailsChangesNothing() {
        cache.told(first("de", "max-age=5, stale-while-revalidate=60, stale-if-error=60"));
        cache.passes(Duration.ofSeconds(10));
        for (int i = 0; i < 2; i++) {
            servesStale(i + 2);
            cache.answers(500, "sorry", "Cache-Control", "max-age=60");
            cache.passes(Duration.ofSeconds(2));
        }
        assertThat(cache.exchanges)
                .hasSize(3)
                .last()
                .satisfies(exchange -> assertThat(exchange.cancelled).isTrue());
    }

    @Test
    @DisplayName("RFC 5861, section 3: one refresh at a time, and after a failure none before a pause")
    void aFailedRefreshIsNotRepeatedAtOnce() {
        cache.told(first("de", "max-age=5, stale-while-revalidate=60"));
        cache.passes(Duration.ofSeconds(10));
        servesStale(2);
        servesStale(2);
        cache.fails();
        servesStale(2);
        cache.passes(Duration.ofSeconds(1));
        servesStale(3);
        cache.answers(503, "");
        cache.passes(Duration.ofSeconds(1).minusMillis(1));
        servesStale(3);
        cache.passes(Duration.ofSeconds(1).plusMillis(1));
        servesStale(4);
        cache.answers(304, "", "Cache-Control", "max-age=5, stale-while-revalidate=60", "ETag", "\"de\"");
        assertThat(cache.plan("GET", "Accept-Language", "de"))
                .isInstanceOfSatisfying(Plan.Serve.class, serve -> cache.store.release(serve.response()));
    }

    @Test
    @DisplayName("RFC 9111, section 4.4: what was invalidated meanwhile stands in for nothing")
    void whatWasInvalidatedDoesNotStandIn() {
        cache.told(first("de", "max-age=5"));
        cache.passes(Duration.ofSeconds(10));
        CacheUnderTest.Asked asked = cache.asks("Accept-Language", "de");
        cache.invalidates();
        cache.fails();
        assertThat(cache.told(asked)).isEqualTo("failed");
    }

    @Test
    @DisplayName(
            "RFC 9111, section 4.3.4: a validated response that may no longer be stored is used once, for its request")
    void aLastUse() {
        cache.told(first("de", "max-age=5"));
        cache.passes(Duration.ofSeconds(10));
        CacheUnderTest.Asked asker = cache.asks("Accept-Language", "de");
        CacheUnderTest.Asked other = cache.asks("Accept-Language", "de");
        assertThat(cache.exchanges).hasSize(2);
        cache.answers(304, "", "Cache-Control", "no-store", "ETag", "\"de\"", "X-New", "1");
        assertThat(asker.answer()).isInstanceOfSatisfying(Answer.Stored.class, stored -> {
            assertThat(stored.response().head().fields().first("X-New")).hasValue("1");
            assertThat(stored.response().head().fields().first("Cache-Control")).hasValue("no-store");
            assertThat(stored.collapsed()).isFalse();
        });
        assertThat(cache.told(asker)).isEqualTo("VALIDATED de");
        assertThat(cache.told(other)).isEqualTo("apart: validation");
        assertThat(cache.plan("GET", "Accept-Language", "de")).isInstanceOf(Plan.Forward.class);
        assertThat(cache.store.usage().entries()).isZero();
    }

    @Test
    @DisplayName("RFC 9111, section 4.3.4: only the response that the 304 selects leaves with it")
    void otherVariantsStay() {
        cache.told(first("de", "max-age=5"));
        cache.told(first("en", "max-age=3600"));
        cache.passes(Duration.ofSeconds(10));
        CacheUnderTest.Asked asker = cache.asks("Accept-Language", "de");
        cache.answers(304, "", "Cache-Control", "private", "ETag", "\"de\"");
        assertThat(cache.told(asker)).isEqualTo("VALIDATED de");
        assertThat(cache.plan("GET", "Accept-Language", "en")).isInstanceOfSatisfying(Plan.Serve.class, serve -> {
            assertThat(CacheUnderTest.content(serve.response())).isEqualTo("en");
            cache.store.release(serve.response());
        });
    }

    @Test
    @DisplayName("RFC 9111, section 3: what answers one request alone goes to nobody else when that one has left")
    void aPrivateAnswerIsForItsAsker() {
        CacheUnderTest.Asked asker = cache.asks("Authorization", "Basic x");
        CacheUnderTest.Asked other = cache.asks();
        cache.leaves(asker);
        cache.answers(200, "yours", "Cache-Control", "private");
        assertThat(cache.told(other)).isEqualTo("apart: uncacheable");
        assertThat(cache.exchanges)
                .singleElement()
                .satisfies(exchange -> assertThat(exchange.cancelled).isTrue());
    }

    @Test
    @DisplayName("RFC 9111, section 4.1: another variant goes to nobody else when its asker has left")
    void aVariantIsForThoseWhoSelectIt() {
        CacheUnderTest.Asked asker = cache.asks("Accept-Language", "de");
        CacheUnderTest.Asked other = cache.asks("Accept-Language", "en");
        cache.leaves(asker);
        cache.answers(200, "de", "Cache-Control", "max-age=60", "Vary", "Accept-Language");
        assertThat(cache.told(other)).isEqualTo("apart: vary");
    }

    @Test
    @DisplayName("RFC 9111, section 4: one who finds no fill to join finds what the last one stored, and asks nobody")
    void whatWasFetchedMeanwhileIsUsed() {
        Plan late = cache.plan("GET", "Accept-Language", "de");
        Plan other = cache.plan("GET", "Accept-Language", "en");
        cache.told(first("de", "max-age=5"));
        assertThat(cache.exchanges).hasSize(1);
        assertThat(cache.told(cache.goesForward((Plan.Forward) late))).isEqualTo("FETCHED_MEANWHILE de");
        assertThat(cache.exchanges).hasSize(1);
        CacheUnderTest.Asked english = cache.goesForward((Plan.Forward) other);
        assertThat(cache.exchanges).hasSize(2);
        cache.answers(200, "en", "Cache-Control", "max-age=5", "Vary", "Accept-Language");
        assertThat(cache.told(english)).isEqualTo("200 en");
    }

    private CacheUnderTest.Asked first(String language, String control) {
        CacheUnderTest.Asked asked = cache.asks("Accept-Language", language);
        cache.answers(
                200, language, "Cache-Control", control, "Vary", "Accept-Language", "ETag", "\"" + language + "\"");
        return asked;
    }
}
