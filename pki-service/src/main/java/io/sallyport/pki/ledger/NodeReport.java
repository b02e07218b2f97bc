package io.sallyport.pki.ledger;

import io.sallyport.pki.ca.SerialNumber;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a node has last said of itself.
 *
 * @param serial the certificate that it serves
 * @param notAfter its end
 * @param trustBundleSequence the trust bundle that it goes by, null where it knows none
 * @param crlNumbers the revocation list that it goes by for each issuer
 * @param version of its software
 * @param reportedAt when it said so
 */
public record NodeReport(
        SerialNumber serial,
        @Nullable Instant notAfter,
        @Nullable Long trustBundleSequence,
        Map<String, Long> crlNumbers,
        @Nullable String version,
        Instant reportedAt) {
    public NodeReport {
        crlNumbers = Map.copyOf(crlNumbers);
    }

    String crlNumbersColumn() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(crlNumbers)
                .forEach((issuer, number) ->
                        text.append(issuer).append('=').append(number).append(' '));
        return text.toString().strip();
    }

    static Map<String, Long> crlNumbers(String column) {
        Map<String, Long> numbers = new TreeMap<>();
        for (String entry : Columns.words(column)) {
            int equals = entry.indexOf('=');
            numbers.put(entry.substring(0, equals), Long.valueOf(entry.substring(equals + 1)));
        }
        return numbers;
    }
}
