package io.sallyport.pki.ca;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * All that makes one end entity's certificate differ from another's.
 *
 * @param serial its serialNumber, never used before
 * @param role decides keyUsage and extendedKeyUsage
 * @param name of the node or admin
 * @param names the subjectAltName, the URI of the role included
 * @param key the key to certify
 * @param validity its time
 * @param crl where the issuer's list is served in plain http, if it is
 */
public record LeafContents(
        SerialNumber serial,
        Role role,
        String name,
        SubjectAltNames names,
        SubjectKey key,
        Validity validity,
        @Nullable URI crl) {}
