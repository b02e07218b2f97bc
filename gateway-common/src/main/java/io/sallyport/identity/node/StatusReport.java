package io.sallyport.identity.node;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node tells the PKI that it serves.
 *
 * @param serial the certificate's serialNumber in 40 hex digits
 * @param notAfter its end
 * @param trustBundleSequence the sequence of the trust bundle; null before one was read
 * @param crlNumbers the number of the revocation list in use, by the issuer's id at the PKI
 * @param version the gate's version
 */
record StatusReport(
        String serial,
        Instant notAfter,
        @Nullable Long trustBundleSequence,
        Map<String, Long> crlNumbers,
        String version) {

    StatusReport {
        crlNumbers = Map.copyOf(crlNumbers);
    }

    /** A serialNumber as the PKI writes it: 20 octets in lower-case hex digits. */
    static String serial(java.math.BigInteger serialNumber) {
        String digits = serialNumber.toString(16);
        return "0".repeat(Math.max(0, 40 - digits.length())) + digits;
    }

    /** The version of this program; {@code unknown} where it runs from classes. */
    static String ownVersion() {
        @Nullable String version = StatusReport.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }
}
