package io.sallyport.cache.rule;

import io.sallyport.http.Fields;

/** The trace of intermediaries in Via (RFC 9110, section 7.6.3). */
public final class Via {
    private Via() {}

    /**
     * The fields with one more Via member, after those of the hops before.
     *
     * @param protocolVersion the version of the message as received, such as "1.1" or "2"
     * @param pseudonym the name of this hop, a token
     */
    public static Fields append(Fields fields, String protocolVersion, String pseudonym) {
        String member = protocolVersion + " " + pseudonym;
        return fields.with(
                "Via",
                fields.combined("Via").map(before -> before + ", " + member).orElse(member));
    }
}
