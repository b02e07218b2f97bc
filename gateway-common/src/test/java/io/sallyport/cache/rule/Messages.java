package io.sallyport.cache.rule;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.CachePolicy.Mode;
import io.sallyport.cache.StoredBody;
import io.sallyport.cache.StoredResponse;
import io.sallyport.http.Fields;
import io.sallyport.http.HttpDate;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Messages, policies and stored responses for the tests of the rules. */
final class Messages {
    static final Instant T0 = Instant.parse("2026-11-25T12:00:00Z");
    static final List<String> TARGETS = List.of("Edge-Cache-Control", "CDN-Cache-Control");
    static final CachePolicy SECURE = CachePolicy.of(Mode.SECURE, TARGETS);
    static final CachePolicy RFC = CachePolicy.of(Mode.RFC, TARGETS);
    static final CachePolicy TRUSTING = new CachePolicy(
            Mode.RFC,
            TARGETS,
            RFC.heuristicCap(),
            RFC.staleCap(),
            RFC.staleIfError(),
            RFC.errorCap(),
            RFC.query(),
            true,
            false,
            RFC.storePost(),
            RFC.maxObjectBytes(),
            RFC.rangeFillBytes());

    private Messages() {}

    static RequestHead get(String... fields) {
        return request("GET", "/a", fields);
    }

    static RequestHead request(String method, String path, String... fields) {
        return new RequestHead(method, "https", "example.com", path, null, Fields.of(fields));
    }

    /** A response that originated at T0, unless the fields hold a Date. */
    static ResponseHead response(int status, String... fields) {
        Fields given = Fields.of(fields);
        return new ResponseHead(status, given.contains("Date") ? given : given.with("Date", date(0)));
    }

    static ResponseHead ok(String... fields) {
        return response(200, fields);
    }

    /** The date so many seconds after T0. */
    static String date(long seconds) {
        return HttpDate.format(T0.plusSeconds(seconds));
    }

    static Instant at(long seconds) {
        return T0.plusSeconds(seconds);
    }

    static Instant at(double seconds) {
        return T0.plus(Duration.ofMillis((long) (seconds * 1000)));
    }

    /** The response to a plain GET, stored at T0 without delay. */
    static StoredResponse stored(CachePolicy policy, String... fields) {
        return stored(policy, get(), ok(fields));
    }

    static StoredResponse stored(CachePolicy policy, RequestHead request, ResponseHead response) {
        return switch (StoringRule.judge(request, response, T0, T0, policy)) {
            case StoringRule.Storability.Storable(var variant, var head, var freshness, var tags) -> {
                CacheKey key = CacheKeys.of("route", request, policy);
                yield new StoredResponse(key, variant, head, freshness, tags, 0, new Length(10));
            }
            case StoringRule.Storability.NotStorable(String reason) -> throw new AssertionError(reason);
        };
    }

    /** The reason for which a response to a request is not stored; "stored" where it is. */
    static String verdict(CachePolicy policy, RequestHead request, ResponseHead response) {
        return switch (StoringRule.judge(request, response, T0, T0, policy)) {
            case StoringRule.Storability.Storable _ -> "stored";
            case StoringRule.Storability.NotStorable(String reason) -> reason;
        };
    }

    /** A body of which only the length is known. */
    record Length(long length) implements StoredBody {}
}
