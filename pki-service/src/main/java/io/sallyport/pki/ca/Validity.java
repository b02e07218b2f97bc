package io.sallyport.pki.ca;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The time in which a certificate is valid, in whole seconds, both ends included (RFC 5280, section 4.1.2.5).
 *
 * @param notBefore the first second
 * @param notAfter the last second
 */
public record Validity(Instant notBefore, Instant notAfter) {
    public Validity {
        notBefore = notBefore.truncatedTo(ChronoUnit.SECONDS);
        notAfter = notAfter.truncatedTo(ChronoUnit.SECONDS);
        if (notAfter.isBefore(notBefore)) {
            throw new IllegalArgumentException("notAfter " + notAfter + " lies before notBefore " + notBefore);
        }
    }
}
