package io.sallyport.pki.ledger;

import io.sallyport.pki.ca.Role;
import io.sallyport.pki.ca.SubjectAltNames;
import java.util.regex.Pattern;

/**
 * A registered holder of certificates.
 *
 * @param id lower-case letters, digits and hyphens, at most 63
 * @param role what it is
 * @param names the DNS names and addresses that it owns
 */
public record Node(String id, Role role, SubjectAltNames names) {
    private static final Pattern ID = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    public Node {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("nodeId must be 1 to 63 lower-case letters, digits and hyphens: " + id);
        }
    }
}
