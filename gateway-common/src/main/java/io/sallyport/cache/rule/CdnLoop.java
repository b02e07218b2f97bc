package io.sallyport.cache.rule;

import io.sallyport.http.FieldParser;
import io.sallyport.http.Fields;

/** Detection of requests that run in circles (RFC 8586). */
public final class CdnLoop {
    private CdnLoop() {}

    /** Whether a request has already passed the tier of this cdn-id. */
    public static boolean loops(Fields request, String cdnId) {
        if (!request.contains("CDN-Loop")) {
            return false;
        }
        for (String member : FieldParser.list(request, "CDN-Loop")) {
            int end = member.indexOf(';');
            if (FieldParser.trim(end < 0 ? member : member.substring(0, end)).equalsIgnoreCase(cdnId)) {
                return true;
            }
        }
        return false;
    }

    /** The request fields with this tier's cdn-id as the last member of CDN-Loop. */
    public static Fields append(Fields request, String cdnId) {
        return request.with(
                "CDN-Loop",
                request.combined("CDN-Loop")
                        .map(before -> before + ", " + cdnId)
                        .orElse(cdnId));
    }
}
