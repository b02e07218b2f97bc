package io.sallyport.pki.api;

import io.sallyport.pki.authority.NodeDesk;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A node's status report as it comes in.
 *
 * @param serial the certificate that it serves
 * @param notAfter its end
 * @param trustBundleSequence the trust bundle that it goes by
 * @param crlNumbers the list that it goes by, by the issuer's id
 * @param version of its software
 */
record NodeStatusBody(
        @Nullable String serial,
        @Nullable Instant notAfter,
        @Nullable Long trustBundleSequence,
        @Nullable Map<String, Long> crlNumbers,
        @Nullable String version) {
    private static final int MAX_ISSUERS = 50;
    private static final Pattern ISSUER = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern VERSION = Pattern.compile("[\\x20-\\x7e]{1,64}");

    private static final NodeStatusBody NOTHING = new NodeStatusBody(null, null, null, null, null);

    /** The report; empty where an object without members says nothing. */
    static Optional<NodeDesk.Said> read(JsonMapper json, byte[] body) {
        NodeStatusBody report;
        try {
            report = json.readValue(body, NodeStatusBody.class);
        } catch (JacksonException e) {
            throw unreadable("the body must be a status report in JSON: " + Problems.unreadable(e));
        }
        if (report == null) {
            throw unreadable("the body must be a status report in JSON");
        }
        return report.equals(NOTHING) ? Optional.empty() : Optional.of(report.checked());
    }

    private NodeDesk.Said checked() {
        if (serial == null) {
            throw unreadable("the member serial is missing");
        }
        SerialNumber number = SerialNumber.parse(serial)
                .orElseThrow(() -> unreadable("serial must be 40 hexadecimal digits from 40… to 7f…"));
        if (trustBundleSequence != null && trustBundleSequence < 0) {
            throw unreadable("trustBundleSequence must not be negative");
        }
        Map<String, Long> numbers = crlNumbers == null ? Map.of() : crlNumbers;
        if (numbers.size() > MAX_ISSUERS) {
            throw unreadable("crlNumbers has more than " + MAX_ISSUERS + " members");
        }
        numbers.forEach((issuer, list) -> {
            if (!ISSUER.matcher(issuer).matches() || list == null || list < 0) {
                throw unreadable("crlNumbers must be {\"<issuer id>\": number}");
            }
        });
        if (version != null && !VERSION.matcher(version).matches()) {
            throw unreadable("version must be 1 to 64 printable ASCII characters");
        }
        return new NodeDesk.Said(number, notAfter, trustBundleSequence, numbers, version);
    }

    private static RefusedException unreadable(String detail) {
        return new RefusedException(Cause.REQUEST_UNREADABLE, detail);
    }
}
