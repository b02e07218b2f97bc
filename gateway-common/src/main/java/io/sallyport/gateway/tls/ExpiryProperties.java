package io.sallyport.gateway.tls;

import java.time.Duration;
import java.time.Instant;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code sallyport.expiry.*}: from when on the end of a certificate or list counts as near. It is the shorter of
 * the two: 30 days matter to what lives for a year, a third of its life to what lives for three days, by when half of the
 * time to renew it in has passed.
 *
 * @param warnBefore how long before its end a certificate or list counts as near to it [0 or more]
 * @param warnAtRemaining the part of its life that then remains; the later of the two counts [0 to 1]
 */
@ConfigurationProperties(value = "sallyport.expiry", ignoreUnknownFields = false)
public record ExpiryProperties(
        @DefaultValue("30d") Duration warnBefore,
        @DefaultValue("0.33") double warnAtRemaining) {
    public ExpiryProperties {
        if (warnBefore.isNegative() || !(warnAtRemaining >= 0 && warnAtRemaining <= 1)) {
            throw new IllegalArgumentException("sallyport.expiry.warn-before must not be negative and"
                    + " .warn-at-remaining must be 0 to 1: " + warnBefore + ", " + warnAtRemaining);
        }
    }

    /** From when on the end of what lives from one time to another is near. */
    Instant nearFrom(Instant notBefore, Instant notAfter) {
        long part = (long) (Duration.between(notBefore, notAfter).toMillis() * warnAtRemaining);
        return notAfter.minusMillis(Math.min(part, warnBefore.toMillis()));
    }
}
