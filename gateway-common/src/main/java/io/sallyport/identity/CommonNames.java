package io.sallyport.identity;

import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Subject common names that stand for nodes, for certificates of authorities that write no URI subjectAltName.
 *
 * <p>Deviation: RFC 6125, section 6.4.4, and the SPIFFE X.509-SVID standard identify by subjectAltName only. A
 * certificate without any URI name whose subject has exactly one common name of this map is taken for the node of that
 * name, also without extendedKeyUsage (RFC 5280, section 4.2.1.12: its absence limits nothing).
 *
 * @param roles the role of each common name; the common name is the node's name
 */
public record CommonNames(Map<String, Role> roles) {
    /** No common name stands for a node. */
    public static final CommonNames NONE = new CommonNames(Map.of());

    private static final int URI_NAME = 6;

    public CommonNames {
        roles = Map.copyOf(roles);
        roles.keySet().forEach(CommonNames::check);
    }

    /** The node that the certificate is taken for by its common name; empty when it states its own or none. */
    public Optional<PeerIdentity> identify(X509Certificate certificate, String trustDomain) {
        if (roles.isEmpty() || !PeerIdentity.names(certificate, URI_NAME).isEmpty()) {
            return Optional.empty();
        }
        return commonName(certificate)
                .filter(roles::containsKey)
                .map(name -> new PeerIdentity(trustDomain, roles.getOrDefault(name, Role.EDGE), name));
    }

    private static Optional<String> commonName(X509Certificate certificate) {
        try {
            LdapName subject =
                    new LdapName(certificate.getSubjectX500Principal().getName());
            var names = subject.getRdns().stream()
                    .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
                    .map(Rdn::getValue)
                    .toList();
            return names.size() == 1 ? Optional.of(String.valueOf(names.getFirst())) : Optional.empty();
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }

    private static void check(String name) {
        if (!PeerIdentity.isNodeName(name)) {
            throw new IdentityException(
                    "sallyport.node.peers-by-common-name must name nodes (a-z, 0-9, '.', '_', '-'): '" + name + "'");
        }
    }
}
