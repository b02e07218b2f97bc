package io.sallyport.identity.peer;

import io.sallyport.identity.CommonNames;
import io.sallyport.identity.PeerIdentity;
import io.sallyport.identity.Role;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Optional;

/**
 * Which peers are let in, or connected to, besides that their chain must be good.
 *
 * @param trustDomain the trust domain that the peer belongs to
 * @param role the only role that is accepted
 * @param name the name that the peer's certificate must hold
 * @param nodes which nodes of the role count
 * @param commonNames who is known by the common name, where a certificate has no URI subjectAltName
 */
public record PeerRule(String trustDomain, Role role, PeerName name, NodeLists nodes, CommonNames commonNames) {
    public PeerRule {
        trustDomain = trustDomain.toLowerCase(Locale.ROOT);
    }

    /** All nodes of the role, by their URI subjectAltName. */
    public PeerRule(String trustDomain, Role role, PeerName name) {
        this(trustDomain, role, name, NodeLists.everybody(), CommonNames.NONE);
    }

    /** Peers that connect to us: their role counts, they have no name. */
    public static PeerRule client(String trustDomain, Role role) {
        return new PeerRule(trustDomain, role, new PeerName.Unchecked());
    }

    /** Peers that we connect to: their role and the host name of the connection count. */
    public static PeerRule server(String trustDomain, Role role) {
        return new PeerRule(trustDomain, role, new PeerName.OfConnection());
    }

    /** The same for a part of the nodes. */
    public PeerRule of(NodeLists some) {
        return new PeerRule(trustDomain, role, name, some, commonNames);
    }

    /** The same with nodes that are known by their common name. */
    public PeerRule with(CommonNames names) {
        return new PeerRule(trustDomain, role, name, nodes, names);
    }

    /** The same with another rule for the peer's name. */
    public PeerRule named(PeerName other) {
        return new PeerRule(trustDomain, role, other, nodes, commonNames);
    }

    /** Whom a certificate is taken for; empty when it names no node. */
    public Optional<PeerIdentity> identify(X509Certificate certificate) {
        return PeerIdentity.of(certificate).or(() -> commonNames.identify(certificate, trustDomain));
    }

    /** The name that a peer must prove by a DNS or IP subjectAltName. */
    public sealed interface PeerName {
        /** No name is asked for. */
        record Unchecked() implements PeerName {}

        /** The host that was connected to. */
        public record OfConnection() implements PeerName {}

        /** This host, whatever was connected to. */
        public record Fixed(String host) implements PeerName {}
    }
}
