package io.sallyport.cache.rule;

import io.sallyport.http.RequestHead;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** Target URIs and references relative to them (RFC 9110, section 7.1; RFC 3986, section 5). */
final class TargetUri {
    private TargetUri() {}

    /** The target URI of a request; empty where it is none that RFC 3986 knows. */
    static Optional<URI> of(RequestHead request) {
        return parse(request.targetUri()).map(TargetUri::normalised);
    }

    /** A reference in a response, resolved against the target URI; empty where one of the two is malformed. */
    static Optional<URI> resolve(RequestHead request, String reference) {
        Optional<URI> base = of(request);
        if (base.isEmpty()) {
            return Optional.empty();
        }
        if (reference.isEmpty()) {
            return base;
        }
        if (reference.startsWith("?")) {
            return parse(request.scheme() + "://" + request.authority() + request.path() + reference)
                    .map(TargetUri::normalised);
        }
        return parse(reference).map(base.get()::resolve).map(TargetUri::normalised);
    }

    /** Whether two URIs have the same scheme, host and port (RFC 9110, section 4.3.1). */
    static boolean isSameOrigin(URI one, URI other) {
        return one.getScheme() != null
                && one.getScheme().equals(other.getScheme())
                && one.getRawAuthority() != null
                && one.getRawAuthority().equals(other.getRawAuthority());
    }

    private static Optional<URI> parse(String text) {
        try {
            return Optional.of(new URI(text));
        } catch (URISyntaxException malformed) {
            return Optional.empty();
        }
    }

    /** Scheme and host in lower case, without a default port, a fragment or an empty path. */
    private static URI normalised(URI uri) {
        if (uri.getScheme() == null || uri.getRawAuthority() == null) {
            return uri;
        }
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return parse(scheme + "://" + CacheKeys.host(scheme, uri.getRawAuthority()) + path + query)
                .orElse(uri);
    }
}
