package io.sallyport.gateway.request;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import java.util.BitSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the head of a request as it came. */
public final class RequestHeads {
    /** Names and IPv4 addresses. */
    private static final BitSet NAME = lettersDigitsAnd("._~-");

    /** IPv6 addresses. */
    private static final BitSet ADDRESS = only("0123456789abcdefABCDEF:.");

    private static final BitSet DIGITS = only("0123456789");

    /** What a path may have beside letters and digits (RFC 3986, section 3.3), and a query also (section 3.4 and brackets). */
    private static final BitSet PATH = lettersDigitsAnd("-._~!$&'()*+,;=:@/");

    private static final BitSet QUERY = lettersDigitsAnd("-._~!$&'()*+,;=:@/?[]");

    private static final Hosts HOSTS = new Hosts();

    private RequestHeads() {}

    /**
     * The head, or empty where the request target is in neither origin nor absolute form (RFC 9112, sections 3.2.1 and 3.2.2)
     * or no URI, or there is not exactly one valid Host (section 3.2). An authority in the target replaces Host. The host is
     * normalised (RFC 9110, section 4.2.3), in the Host field as well, so that what is matched and forwarded is what is keyed.
     */
    public static Optional<RequestHead> of(ReceivedRequest request, GateProperties.Tier tier) {
        Fields fields = fields(request.headers());
        String received = only(fields, "Host");
        RequestTarget target = RequestTarget.of(request);
        if (received == null || target == null) {
            return Optional.empty();
        }
        String scheme = request.scheme();
        if (tier == GateProperties.Tier.REGIONAL) {
            scheme = fields.first(InternalFields.SCHEME)
                    .filter(value -> value.equals("http") || value.equals("https"))
                    .orElse(scheme);
        }
        return of(request.method().name(), scheme, received, target, fields);
    }

    /** The same of parts; the fields hold the Host that is given beside them. */
    public static Optional<RequestHead> of(
            String method, String scheme, String received, RequestTarget target, Fields fields) {
        if (!isAuthority(received) || !isUri(target)) {
            return Optional.empty();
        }
        String authority = target.authority();
        String host = HOSTS.of(scheme, authority == null ? received : authority);
        Fields normalised = host.equals(received) ? fields : fields.with("Host", host);
        return Optional.of(new RequestHead(method, scheme, host, target.path(), target.query(), normalised));
    }

    private static boolean isUri(RequestTarget target) {
        String authority = target.authority();
        String query = target.query();
        return (authority == null || isAuthority(authority))
                && consistsOf(PATH, target.path())
                && (query == null || consistsOf(QUERY, query));
    }

    /** The value of the one line of this name; null where there is none, or more than one. */
    private static @Nullable String only(Fields fields, String name) {
        String value = null;
        for (int line = 0; line < fields.size(); line++) {
            if (fields.name(line).equalsIgnoreCase(name)) {
                if (value != null) {
                    return null;
                }
                value = fields.value(line);
            }
        }
        return value;
    }

    /**
     * Whether it is a name, an IPv4 or a bracketed IPv6 address, with or without a port.
     *
     * <p>Deviation: percent-encodings and the sub-delimiters of RFC 3986, section 3.2.2, are refused: no name that resolves
     * has them, and what they do to an application that writes its own links is anybody's guess.
     */
    private static boolean isAuthority(String authority) {
        int end = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
        int host = end < 0 ? authority.length() : end;
        boolean named = authority.startsWith("[")
                ? host > 2 && consistsOf(ADDRESS, authority, 1, host - 1)
                : host > 0 && consistsOf(NAME, authority, 0, host);
        return named && isPort(authority, host);
    }

    private static boolean isPort(String authority, int colon) {
        if (colon == authority.length()) {
            return true;
        }
        return authority.charAt(colon) == ':'
                && authority.length() - colon <= 6
                && consistsOf(DIGITS, authority, colon + 1, authority.length());
    }

    private static boolean consistsOf(BitSet characters, String text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (!characters.get(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static BitSet only(String characters) {
        BitSet set = new BitSet(128);
        characters.chars().forEach(set::set);
        return set;
    }

    private static BitSet lettersDigitsAnd(String marks) {
        BitSet characters = new BitSet(128);
        characters.set('a', 'z' + 1);
        characters.set('A', 'Z' + 1);
        characters.set('0', '9' + 1);
        marks.chars().forEach(characters::set);
        return characters;
    }

    private static boolean consistsOf(BitSet characters, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!characters.get(c) && !(c == '%' && isHexadecimal(text, i + 1) && isHexadecimal(text, i + 2))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHexadecimal(String text, int at) {
        return at < text.length() && text.charAt(at) < 0x80 && Character.digit(text.charAt(at), 16) >= 0;
    }

    /** The fields as the cache has them, in their order. */
    public static Fields fields(HttpHeaders headers) {
        Fields.Builder fields = Fields.builder(headers.size());
        Iterator<Map.Entry<CharSequence, CharSequence>> lines = headers.iteratorCharSequence();
        while (lines.hasNext()) {
            Map.Entry<CharSequence, CharSequence> line = lines.next();
            fields.add(FieldNames.text(line.getKey()), line.getValue().toString());
        }
        return fields.build();
    }

    /** Whether content may follow the head (RFC 9112, section 6.3). */
    public static boolean hasContent(HttpHeaders headers) {
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        return headers.contains(HttpHeaderNames.TRANSFER_ENCODING) || (length != null && !length.equals("0"));
    }

    /** The same of fields. */
    public static boolean hasContent(Fields fields) {
        return fields.contains("transfer-encoding")
                || fields.first("content-length")
                        .filter(length -> !length.equals("0"))
                        .isPresent();
    }
}
