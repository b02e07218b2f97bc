package io.sallyport.gateway.request;

import io.sallyport.cache.rule.CacheKeys;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that were asked for last, normalised once (RFC 9110, section 4.2.3): all keys of a host share one text then, which
 * compares at a glance and is stored once. As many as there are places are remembered, the newest of each place. Thread-safe.
 */
final class Hosts {
    private static final int PLACES = 1024;

    /** No name that resolves is longer (RFC 1035, section 2.3.4), with a port. */
    private static final int LONGEST = 261;

    private final AtomicReferenceArray<@Nullable Known> places = new AtomicReferenceArray<>(PLACES);

    private record Known(String scheme, String authority, String host) {
        boolean is(String otherScheme, String otherAuthority) {
            return authority.equals(otherAuthority) && scheme.equals(otherScheme);
        }
    }

    /** An authority in lower case and without the scheme's default port. */
    String of(String scheme, String authority) {
        if (authority.length() > LONGEST) {
            return CacheKeys.host(scheme, authority);
        }
        int place = (31 * authority.hashCode() + scheme.length()) & (PLACES - 1);
        Known known = places.getAcquire(place);
        if (known == null || !known.is(scheme, authority)) {
            known = new Known(scheme, authority, CacheKeys.host(scheme, authority));
            places.setRelease(place, known);
        }
        return known.host();
    }
}
