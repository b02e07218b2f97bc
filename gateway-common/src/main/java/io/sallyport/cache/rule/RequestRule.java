package io.sallyport.cache.rule;

import io.sallyport.cache.CachePolicy;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;

/** Whether a request may be answered through the cache at all (RFC 9111, section 4). */
public final class RequestRule {
    private static final Eligibility CACHEABLE = new Eligibility.Cacheable();

    private RequestRule() {}

    /** The verdict on a request. */
    public sealed interface Eligibility {
        /** It goes through the cache. */
        record Cacheable() implements Eligibility {}

        /** It passes by the cache; the reason is a fwd value of Cache-Status (RFC 9211, section 2.2). */
        record Bypass(String reason) implements Eligibility {}
    }

    /**
     * Judges a client's request.
     *
     * @param hasContent whether the request carries or announces content: such a GET is never cached
     */
    public static Eligibility judge(RequestHead request, boolean hasContent, CachePolicy policy) {
        if (!request.method().equals("GET") && !request.isHead()) {
            return new Eligibility.Bypass("method");
        }
        if (hasContent || isForOrigin(request.fields())) {
            return new Eligibility.Bypass("bypass");
        }
        if (policy.trustClientDirectives() && CacheControl.of(request.fields()).noStore()) {
            return new Eligibility.Bypass("request");
        }
        return CACHEABLE;
    }

    /** Preconditions that only an origin evaluates (RFC 9111, section 4.3.2), and changes of protocol. */
    private static boolean isForOrigin(Fields fields) {
        return fields.contains("If-Match") || fields.contains("If-Unmodified-Since") || fields.contains("Upgrade");
    }
}
