package io.sallyport.gateway.request;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * W3C Trace Context as it passes through: handed on where it is well-formed, never keyed and never stored. A fill carries
 * that of the request that it was begun for.
 */
public final class TraceContext {
    /** Names the trace and the span above this one (W3C Trace Context, section 3.2). */
    public static final String PARENT = "traceparent";
    /** What tracing systems add to it (W3C Trace Context, section 3.3). */
    public static final String STATE = "tracestate";

    private static final Set<String> FIELDS = Set.of(PARENT, STATE, "traceresponse");
    private static final Pattern WELL_FORMED =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final int TRACE_ID = 3;
    private static final int TRACE_ID_LENGTH = 32;

    private TraceContext() {}

    /** Whether a field belongs to one exchange and to no other one. */
    public static boolean is(String name) {
        return FIELDS.contains(name.toLowerCase(Locale.ROOT));
    }

    /** Whether a parent can be read; one that cannot is not passed on, and neither is its state. */
    public static boolean isWellFormed(String parent) {
        return WELL_FORMED.matcher(parent).matches();
    }

    /** The trace id of a well-formed parent, 32 hex digits; empty where it is none. */
    public static String traceId(String parent) {
        return isWellFormed(parent) ? parent.substring(TRACE_ID, TRACE_ID + TRACE_ID_LENGTH) : "";
    }
}
