package io.sallyport.pki.ca;

import java.time.Instant;
import java.util.List;

/**
 * What a revocation list says.
 *
 * @param number the cRLNumber, larger than that of every earlier list of the same key
 * @param thisUpdate when it was made
 * @param nextUpdate when the next one is there at the latest
 * @param entries the revoked certificates
 */
public record RevocationListContents(long number, Instant thisUpdate, Instant nextUpdate, List<RevokedEntry> entries) {
    public RevocationListContents {
        if (number <= 0) {
            throw new IllegalArgumentException("cRLNumber must be positive: " + number);
        }
        entries = List.copyOf(entries);
    }
}
