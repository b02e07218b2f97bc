package io.sallyport.pki.policy;

import io.sallyport.pki.ca.Role;
import java.time.Duration;

/**
 * The rules for the certificates of one role. A change of the rules is a new version.
 *
 * @param role whose certificates
 * @param version counts the changes
 * @param minimum the shortest life
 * @param ordinary the life where none is asked for
 * @param maximum the longest life
 * @param rsa whether RSA keys of 3072 to 4096 bits are certified beside P-256 and P-384
 */
public record Profile(Role role, int version, Duration minimum, Duration ordinary, Duration maximum, boolean rsa) {
    public Profile {
        if (!minimum.isPositive() || ordinary.compareTo(minimum) < 0 || maximum.compareTo(ordinary) < 0) {
            throw new IllegalArgumentException(
                    "life times must be minimum ≤ default ≤ maximum: " + minimum + ", " + ordinary + ", " + maximum);
        }
    }

    /** The name under which the ledger and the API know it. */
    public String name() {
        return role.word();
    }
}
