package io.sallyport.cache.rule;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.CachePolicy.QueryPolicy;
import io.sallyport.http.FieldParser;
import io.sallyport.http.RequestHead;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The primary cache key of a request (RFC 9111, section 2), normalised after RFC 3986, section 6.2.2, and no further. */
public final class CacheKeys {
    private static final String UNRESERVED_MARKS = "-._~";

    private CacheKeys() {}

    /** The key of a request on a route. Requests with equal keys are sent upstream with the same URL, the key's. */
    public static CacheKey of(String routeId, RequestHead request, CachePolicy policy) {
        return new CacheKey(
                routeId,
                request.scheme(),
                host(request.scheme(), request.authority()),
                path(request.path()),
                query(request.query(), policy.query()));
    }

    /** Lower case and without the scheme's default port (RFC 9110, section 4.2.3). */
    public static String host(String scheme, String authority) {
        String host = authority.toLowerCase(Locale.ROOT);
        int colon = host.lastIndexOf(':');
        if (colon < 0 || host.indexOf(']', colon) >= 0) {
            return host;
        }
        int start = colon + 1;
        while (start < host.length() - 1 && host.charAt(start) == '0') {
            start++;
        }
        String usual = scheme.equals("https") ? "443" : "80";
        int digits = host.length() - start;
        if (digits == 0 || (digits == usual.length() && host.endsWith(usual))) {
            return host.substring(0, colon);
        }
        return start == colon + 1 ? host : host.substring(0, colon + 1) + host.substring(start);
    }

    /**
     * The path with upper-case percent-encodings and decoded unreserved characters (RFC 3986, sections 6.2.2.1 and
     * 6.2.2.2). Delimiters stay encoded, dot segments stay, and none comes into being: "%2E%2E" is not decoded.
     */
    public static String path(String path) {
        if (path.isEmpty()) {
            return "/";
        }
        if (path.indexOf('%') < 0) {
            return path;
        }
        StringBuilder normalised = new StringBuilder(path.length());
        int start = 0;
        while (start <= path.length()) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            normalised.append(segment(path.substring(start, end)));
            if (slash >= 0) {
                normalised.append('/');
            }
            start = end + 1;
        }
        return normalised.toString();
    }

    private static String segment(String segment) {
        String decoded = percentNormalised(segment);
        boolean becomesDots = (decoded.equals(".") || decoded.equals("..")) && !decoded.equals(segment);
        return becomesDots ? segment.toUpperCase(Locale.ROOT) : decoded;
    }

    private static String percentNormalised(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        StringBuilder normalised = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
            if (low < 0 || text.charAt(i + 1) > 'f' || text.charAt(i + 2) > 'f') {
                normalised.append(c);
                continue;
            }
            char octet = (char) (high << 4 | low);
            if (isUnreserved(octet)) {
                normalised.append(octet);
            } else {
                normalised.append(text.substring(i, i + 3).toUpperCase(Locale.ROOT));
            }
            i += 2;
        }
        return normalised.toString();
    }

    private static boolean isUnreserved(char c) {
        return c < 0x80
                && ((c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || UNRESERVED_MARKS.indexOf(c) >= 0);
    }

    private static @Nullable String query(@Nullable String query, QueryPolicy policy) {
        if (query == null) {
            return null;
        }
        return switch (policy) {
            case QueryPolicy.AsIs() -> query;
            case QueryPolicy.Sorted() ->
                join(parameters(query).stream()
                        .sorted(Comparator.comparing(CacheKeys::name))
                        .toList());
            case QueryPolicy.Only(var names) ->
                join(parameters(query).stream()
                        .filter(parameter -> names.contains(name(parameter)))
                        .toList());
            case QueryPolicy.Except(var names) ->
                join(parameters(query).stream()
                        .filter(parameter -> !names.contains(name(parameter)))
                        .toList());
        };
    }

    private static List<String> parameters(String query) {
        List<String> parameters = new ArrayList<>();
        int start = 0;
        while (start <= query.length()) {
            int ampersand = query.indexOf('&', start);
            int end = ampersand < 0 ? query.length() : ampersand;
            if (end > start) {
                parameters.add(query.substring(start, end));
            }
            start = end + 1;
        }
        return parameters;
    }

    private static String name(String parameter) {
        int equals = parameter.indexOf('=');
        return percentNormalised(FieldParser.trim(equals < 0 ? parameter : parameter.substring(0, equals)));
    }

    private static @Nullable String join(List<String> parameters) {
        return parameters.isEmpty() ? null : String.join("&", parameters);
    }
}
