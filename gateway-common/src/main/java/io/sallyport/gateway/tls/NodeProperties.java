package io.sallyport.gateway.tls;

import io.sallyport.identity.CommonNames;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.Role;
import io.sallyport.identity.node.NodeSettings;
import io.sallyport.identity.node.NodeSettings.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code sallyport.node.*}: who the node is. Its material comes either from the PKI ({@code state}) or from
 * files that another program writes ({@code key}, {@code chain}, {@code trust}, {@code crl}).
 *
 * @param id the node's name; needed [1 to 63 of a-z, 0-9, {@code .}, {@code _}, {@code -}]
 * @param role its role, set by the profile: do not change
 * @param state keeps key, chain, trust and revocation lists that come from the PKI [a writable directory]
 * @param key the private key in PEM, instead of the PKI; this and the next three are written by another program, read
 *     every second, and taken once they have stayed the same for one and are good [a file]
 * @param chain the certificate chain in PEM, leaf first [a file]
 * @param trust the roots in PEM [a file]
 * @param crl the issuers' revocation lists, PEM (several) or DER (one) [a file]
 * @param revocationGrace how long past its nextUpdate a revocation list still counts [0 or more]
 * @param peersByCommonName the role of each node that is known by its subject's common name, this one included; for
 *     certificates without a URI subjectAltName; warned of at every start [common name → role]
 */
@ConfigurationProperties(value = "sallyport.node", ignoreUnknownFields = false)
public record NodeProperties(
        @Nullable String id,
        @Nullable Role role,
        @Nullable Path state,
        @Nullable Path key,
        @Nullable Path chain,
        @Nullable Path trust,
        @Nullable Path crl,
        @DefaultValue("1h") Duration revocationGrace,
        @DefaultValue Map<String, Role> peersByCommonName) {

    public NodeProperties {
        peersByCommonName = Map.copyOf(peersByCommonName);
    }

    NodeSettings settings(PkiProperties pki, String trustDomain) {
        return new NodeSettings(
                needed(id, "sallyport.node.id"),
                needed(role, "sallyport.node.role"),
                trustDomain,
                source(pki),
                revocationGrace,
                new CommonNames(peersByCommonName));
    }

    private Source source(PkiProperties pki) {
        if (key != null || chain != null) {
            return new Source.Files(
                    needed(key, "sallyport.node.key"),
                    needed(chain, "sallyport.node.chain"),
                    needed(trust, "sallyport.node.trust"),
                    crl);
        }
        if (pki.url() == null) {
            throw new IdentityException("the node has no key material: set sallyport.pki.url and sallyport.node.state,"
                    + " or sallyport.node.key, .chain and .trust");
        }
        return new Source.Pki(pki.url(), pki.tokenFile(), needed(state, "sallyport.node.state"), pki.announcements());
    }

    private static <T> T needed(@Nullable T value, String setting) {
        if (value == null) {
            throw new IdentityException("the setting " + setting + " is missing");
        }
        return value;
    }
}
