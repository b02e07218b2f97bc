package io.sallyport.pki.ca.ceremony;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * An administrator's certificate.
 *
 * @param trustDomain that of the issuing CA
 * @param name of the administrator, lower-case letters, digits and hyphens
 * @param life from now on
 */
public record AdminPlan(String trustDomain, String name, Duration life) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    public AdminPlan {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "an admin's name must be lower-case letters, digits and hyphens: " + name);
        }
        if (!life.isPositive()) {
            throw new IllegalArgumentException("an admin's certificate must live for some time: " + life);
        }
    }

    /** "admin" in the default trust domain for 30 days. */
    public static AdminPlan defaults() {
        return new AdminPlan(IssuingPlan.TRUST_DOMAIN, "admin", Duration.ofDays(30));
    }
}
