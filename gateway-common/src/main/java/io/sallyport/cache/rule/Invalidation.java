package io.sallyport.cache.rule;

import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an unsafe request makes invalid (RFC 9111, section 4.4). */
public final class Invalidation {
    /** The registered safe methods (RFC 9110, section 9.2.1, and the method registry); all others count as unsafe. */
    private static final Set<String> SAFE =
            Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "QUERY", "REPORT", "SEARCH");

    private Invalidation() {}

    /**
     * The absolute URIs that a response to an unsafe request invalidates: its target URI and what Location and
     * Content-Location name in the same origin. None for a safe method, or where the response is an error (not 2xx or 3xx).
     */
    public static List<String> targets(RequestHead unsafe, ResponseHead response) {
        int kind = response.status() / 100;
        if (SAFE.contains(unsafe.method()) || (kind != 2 && kind != 3)) {
            return List.of();
        }
        Set<String> targets = new LinkedHashSet<>();
        targets.add(unsafe.targetUri());
        Optional<URI> target = TargetUri.of(unsafe);
        for (String name : List.of("Location", "Content-Location")) {
            for (String reference : response.fields().values(name)) {
                TargetUri.resolve(unsafe, reference)
                        .filter(uri -> target.isPresent() && TargetUri.isSameOrigin(uri, target.get()))
                        .ifPresent(uri -> targets.add(uri.toString()));
            }
        }
        return List.copyOf(targets);
    }

    /**
     * A GET request for one of the {@link #targets}, from which a route and a key are found; empty where the URI is none.
     */
    public static Optional<RequestHead> request(String target) {
        int authority = target.indexOf("://");
        if (authority < 1) {
            return Optional.empty();
        }
        int path = target.indexOf('/', authority + 3);
        if (path < 0) {
            return Optional.empty();
        }
        int query = target.indexOf('?', path);
        return Optional.of(new RequestHead(
                "GET",
                target.substring(0, authority),
                target.substring(authority + 3, path),
                query < 0 ? target.substring(path) : target.substring(path, query),
                query < 0 ? null : target.substring(query + 1),
                Fields.empty()));
    }
}
