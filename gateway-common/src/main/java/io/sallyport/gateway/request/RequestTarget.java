package io.sallyport.gateway.request;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request target, taken apart (RFC 9112, section 3.2).
 *
 * @param authority the authority in absolute form, to be used in place of Host (section 3.2.2); null in origin form
 * @param path the path, never empty
 * @param query the query without "?"; null where there is none
 */
public record RequestTarget(
        @Nullable String authority, String path, @Nullable String query) {
    /**
     * The target of a request in origin form or, in HTTP/1.x, in absolute form with the scheme of the connection (RFC 9110,
     * section 7.4). Null in every other form, which a gate has no use for.
     */
    public static @Nullable RequestTarget of(ReceivedRequest request) {
        String target = request.uri();
        int fragment = target.indexOf('#');
        String bare = fragment < 0 ? target : target.substring(0, fragment);
        if (bare.startsWith("/")) {
            return of(null, bare);
        }
        String scheme = request.scheme() + "://";
        if (request.version().majorVersion() != 1
                || !bare.toLowerCase(Locale.ROOT).startsWith(scheme)) {
            return null;
        }
        int end = scheme.length();
        while (end < bare.length() && bare.charAt(end) != '/' && bare.charAt(end) != '?') {
            end++;
        }
        String rest = bare.substring(end);
        // Without a path OPTIONS asks for the server as a whole (RFC 9112, section 3.2.4), and no route leads there.
        return rest.startsWith("/") || !request.method().name().equals("OPTIONS")
                ? of(bare.substring(scheme.length(), end), rest.startsWith("/") ? rest : "/" + rest)
                : null;
    }

    /** The target of these parts. */
    public static RequestTarget of(@Nullable String authority, String pathAndQuery) {
        int question = pathAndQuery.indexOf('?');
        return question < 0
                ? new RequestTarget(authority, pathAndQuery, null)
                : new RequestTarget(
                        authority, pathAndQuery.substring(0, question), pathAndQuery.substring(question + 1));
    }
}
