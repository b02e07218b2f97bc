package io.sallyport.gateway.request;

import io.sallyport.http.Fields;

/**
 * The fields that the gates use among themselves. All share one prefix; none is taken from a customer, none is sent to an
 * origin, and the regional gate believes them because only an edge gets through its handshake.
 */
public final class InternalFields {
    static final String PREFIX = "sallyport-";

    /** The customer's scheme, since between the gates it is always https. */
    public static final String SCHEME = "Sallyport-Scheme";

    /** Present on a validation that no customer waits for: the next tier must not answer it with a stale response. */
    public static final String REFRESH = "Sallyport-Refresh";

    /** On the 503 of a gate that ends: nothing was done with the request, and another gate may be asked. */
    public static final String DRAINING = "Sallyport-Draining";

    /** The name of an edge's request, for the lines of both access logs to be joined by. */
    public static final String REQUEST_ID = "Sallyport-Request-Id";

    private InternalFields() {}

    /** Applications after RFC 3875 read "_" and "-" from one variable, so that neither spelling is let through. */
    public static boolean is(String name) {
        if (name.length() < PREFIX.length() || !name.regionMatches(true, 0, PREFIX, 0, PREFIX.length() - 1)) {
            return false;
        }
        char last = name.charAt(PREFIX.length() - 1);
        return last == '-' || last == '_';
    }

    /** The fields without those that gates say to each other. */
    public static Fields strip(Fields fields) {
        return fields.without(InternalFields::is);
    }
}
