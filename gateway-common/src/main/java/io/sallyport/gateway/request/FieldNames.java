package io.sallyport.gateway.request;

import io.netty.util.AsciiString;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The names of request fields that come all the time, as texts made once; in the two spellings that they have. */
final class FieldNames {
    private static final Map<AsciiString, String> FREQUENT = frequent(List.of(
            "Host",
            "User-Agent",
            "Accept",
            "Accept-Encoding",
            "Accept-Language",
            "Connection",
            "Cache-Control",
            "Pragma",
            "Referer",
            "Cookie",
            "Range",
            "If-None-Match",
            "If-Modified-Since",
            "If-Range",
            "Origin",
            "DNT",
            "Priority",
            "Sec-Fetch-Dest",
            "Sec-Fetch-Mode",
            "Sec-Fetch-Site",
            "Upgrade-Insecure-Requests",
            "Via",
            "CDN-Loop",
            "Forwarded",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            InternalFields.SCHEME));

    private FieldNames() {}

    private static Map<AsciiString, String> frequent(List<String> names) {
        Map<AsciiString, String> texts = new HashMap<>();
        for (String name : names) {
            for (String spelling : List.of(name, name.toLowerCase(Locale.ROOT))) {
                texts.put(AsciiString.cached(spelling), spelling);
            }
        }
        return Map.copyOf(texts);
    }

    /** A field name as text, spelled as it came. */
    static String text(CharSequence name) {
        String known = name instanceof AsciiString ascii ? FREQUENT.get(ascii) : null;
        return known == null ? name.toString() : known;
    }
}
