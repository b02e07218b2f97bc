package io.sallyport.identity.node;

import io.sallyport.identity.CommonNames;
import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.PeerIdentity;
import io.sallyport.identity.Role;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who a node is to be, and where its key material comes from.
 *
 * @param id the node's name
 * @param role its role
 * @param trustDomain the trust domain, such as {@code sallyport.internal}
 * @param source where key, chain and trust come from
 * @param revocationGrace how long past its nextUpdate a revocation list still counts
 * @param commonNames which nodes are known by their common name, this one included
 */
public record NodeSettings(
        String id, Role role, String trustDomain, Source source, Duration revocationGrace, CommonNames commonNames) {
    /** The trust domain where no other is set. */
    public static final String TRUST_DOMAIN = "sallyport.internal";

    public NodeSettings {
        trustDomain = trustDomain.toLowerCase(Locale.ROOT);
        if (!PeerIdentity.isNodeName(id)) {
            throw new IdentityException(
                    "sallyport.node.id must be 1 to 63 of a-z, 0-9, '.', '_', '-', beginning and ending with a letter or digit: '"
                            + id + "'");
        }
    }

    /** A node of an authority that writes URI subjectAltNames. */
    public NodeSettings(String id, Role role, String trustDomain, Source source, Duration revocationGrace) {
        this(id, role, trustDomain, source, revocationGrace, CommonNames.NONE);
    }

    /**
     * Checks that credentials are those of this node.
     *
     * @throws IdentityException if they are another's or nobody's
     */
    Credentials checkOwnName(Credentials credentials) {
        PeerIdentity expected = new PeerIdentity(trustDomain, role, id);
        PeerIdentity stated = PeerIdentity.of(credentials.leaf())
                .or(() -> commonNames.identify(credentials.leaf(), trustDomain))
                .orElseThrow(() ->
                        new IdentityException("certificate must hold the name " + expected.uri() + ": it holds none"));
        if (!stated.equals(expected)) {
            throw new IdentityException(
                    "certificate must hold the name " + expected.uri() + ": it holds " + stated.uri());
        }
        return credentials;
    }

    /** Whether a node waits at the PKI for news of revocations, or only fetches the lists at its own intervals. */
    public enum Announcements {
        AWAIT,
        IGNORE
    }

    /** Where key material comes from. */
    public sealed interface Source {
        /**
         * Our PKI: the node makes its key, enrols with a token and renews.
         *
         * @param pki the base URL, such as {@code https://pki.example:7443}
         * @param tokenFile the file with a one-time token; needed only while there is no valid certificate
         * @param state the directory that keeps key.pem, chain.pem and trust.pem
         * @param announcements whether news of revocations is waited for beside the poll
         */
        public record Pki(URI pki, @Nullable Path tokenFile, Path state, Announcements announcements)
                implements Source {
            public Pki {
                if (!"https".equals(pki.getScheme()) || pki.getHost() == null) {
                    throw new IdentityException("sallyport.pki.url must be https://host:port: " + pki);
                }
            }

            /** A node that hears of revocations at once. */
            public Pki(URI pki, @Nullable Path tokenFile, Path state) {
                this(pki, tokenFile, state, Announcements.AWAIT);
            }
        }

        /**
         * Files that another program writes.
         *
         * @param key the private key
         * @param chain the leaf first
         * @param trust the roots
         * @param crl the issuers' revocation lists in PEM, or one in DER
         */
        public record Files(
                Path key, Path chain, Path trust, @Nullable Path crl) implements Source {}
    }
}
