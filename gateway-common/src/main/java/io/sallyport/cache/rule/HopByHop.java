package io.sallyport.cache.rule;

import io.sallyport.http.FieldParser;
import io.sallyport.http.Fields;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Fields that hold for one connection only and are neither stored nor forwarded (RFC 9110, section 7.6.1). */
public final class HopByHop {
    private static final List<String> ALWAYS = List.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authentication-info",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** Fields for all recipients, which Connection may not nominate: taking them away would change what is cached. */
    private static final Set<String> NEVER_NOMINATED = Set.of(
            "age",
            "cache-control",
            "content-encoding",
            "content-length",
            "content-range",
            "content-type",
            "date",
            "expires",
            "host",
            "vary");

    private HopByHop() {}

    /**
     * The end-to-end fields: without hop-by-hop fields and those that Connection nominates.
     *
     * <p>Deviation: a nomination of a field for all recipients, such as Cache-Control or Vary, is ignored.
     */
    public static Fields strip(Fields fields) {
        if (!fields.contains("Connection")) {
            return fields.without(HopByHop::isAlways);
        }
        Set<String> names = new HashSet<>(FieldParser.names(fields, "Connection"));
        names.removeAll(NEVER_NOMINATED);
        names.addAll(ALWAYS);
        return fields.without(names);
    }

    /** Without a lower-case copy of every name, or an iterator: this is asked of every field of every request. */
    private static boolean isAlways(String name) {
        for (int i = 0; i < ALWAYS.size(); i++) {
            if (ALWAYS.get(i).equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }
}
