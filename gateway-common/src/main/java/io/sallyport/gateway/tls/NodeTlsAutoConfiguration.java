package io.sallyport.gateway.tls;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.gateway.GateApplication;
import io.sallyport.identity.Role;
import io.sallyport.identity.node.NodeIdentity;
import io.sallyport.identity.node.NodeSettings;
import io.sallyport.identity.node.NodeTls;
import io.sallyport.identity.peer.DenyFile;
import io.sallyport.identity.peer.HandshakeBound;
import io.sallyport.identity.peer.NodeLists;
import io.sallyport.identity.peer.PeerConnections;
import io.sallyport.identity.peer.PeerRule;
import io.sallyport.identity.peer.PeerRule.PeerName;
import io.sallyport.identity.tls.TlsContexts;
import io.sallyport.identity.tls.TlsContexts.Http;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;

/** Gives a gate its identity; applies where {@code sallyport.node.role} says that the application is one. */
@AutoConfiguration
@ConditionalOnProperty("sallyport.node.role")
@ConditionalOnBooleanProperty(name = GateApplication.DRY_RUN, havingValue = false, matchIfMissing = true)
@EnableConfigurationProperties({
    NodeProperties.class,
    PkiProperties.class,
    TlsProperties.class,
    PeersProperties.class,
    ExpiryProperties.class
})
public class NodeTlsAutoConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(NodeTlsAutoConfiguration.class);

    @Bean(destroyMethod = "close")
    NodeIdentity nodeIdentity(
            NodeProperties node,
            PkiProperties pki,
            @Value("${sallyport.trust-domain:" + NodeSettings.TRUST_DOMAIN + "}") String trustDomain,
            ObjectProvider<EarlyIdentity.Pending> early,
            ObjectProvider<InstantSource> clock) {
        if (!node.peersByCommonName().isEmpty()) {
            LOG.warn(
                    "event=peers-by-common-name nodes={}: certificates without a URI name are told apart by their"
                            + " subject only; whoever signs for the trusted CAs can write any",
                    node.peersByCommonName().keySet());
        }
        EarlyIdentity.Pending pending = early.getIfAvailable();
        return pending != null
                ? pending.get()
                : NodeIdentity.start(node.settings(pki, trustDomain), clock.getIfAvailable(InstantSource::system));
    }

    @Bean
    NodeTls nodeTls(
            NodeIdentity identity,
            TlsProperties tls,
            @Value("${server.http2.enabled:false}") boolean http2,
            ObjectProvider<InstantSource> clock) {
        return new NodeTls(
                identity,
                new TlsContexts(tls.engine(), http2 ? Http.HTTP_2_AND_1_1 : Http.HTTP_1_1),
                clock.getIfAvailable(InstantSource::system));
    }

    @Bean
    NodeLists nodeLists(PeersProperties peers) {
        return new NodeLists(peers.allow(), peers.deny());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnProperty("sallyport.peers.deny-file")
    DenyFile denyFile(PeersProperties peers, NodeLists lists) {
        if (peers.denyFile() == null) {
            throw new IllegalStateException("sallyport.peers.deny-file is not set");
        }
        return new DenyFile(peers.denyFile(), peers.allow(), peers.deny(), lists);
    }

    /** Edges knock at a regional gate; an edge itself knocks at regional gates. */
    @Bean
    PeerRule peerRule(NodeIdentity identity, NodeLists lists, ObjectProvider<PeerName> name) {
        String trustDomain = identity.settings().trustDomain();
        PeerRule rule = identity.settings().role() == Role.REGIONAL
                ? PeerRule.client(trustDomain, Role.EDGE)
                : PeerRule.server(trustDomain, Role.REGIONAL).named(name.getIfAvailable(PeerName.OfConnection::new));
        return rule.of(lists).with(identity.settings().commonNames());
    }

    /** Judges again whenever something changes that a verdict rests on. */
    @Bean(destroyMethod = "close")
    PeerConnections peerConnections(
            NodeIdentity identity, NodeTls tls, PeerRule rule, NodeLists lists, ObjectProvider<InstantSource> clock) {
        PeerConnections connections =
                new PeerConnections(rule, () -> tls.trust(rule), clock.getIfAvailable(InstantSource::system));
        identity.onChange(next -> connections.review());
        identity.onRevocation(next -> connections.review());
        lists.onChange(connections::review);
        return connections;
    }

    @Bean
    PeerCertificates peerCertificates() {
        return new PeerCertificates();
    }

    @Bean
    NodeBundle nodeBundle(NodeIdentity identity, NodeTls tls, PeerRule rule) {
        return new NodeBundle(identity, tls, rule);
    }

    @Bean
    HandshakeBound handshakeBound(TlsProperties tls) {
        return new HandshakeBound(tls.maxHandshakes(), tls.maxHandshakesPerAddress());
    }

    @Bean
    LiveServerCustomizer liveServerCustomizer(
            NodeTls node,
            PeerRule rule,
            PeerConnections connections,
            TlsProperties tls,
            SslBundles bundles,
            HandshakeBound bound,
            PeerCertificates certificates,
            MeterRegistry registry,
            ObjectProvider<InstantSource> clock) {
        return new LiveServerCustomizer(
                node,
                rule,
                connections,
                tls,
                bundles,
                bound,
                new HandshakeReport(registry, HandshakeReport.Side.SERVER),
                certificates,
                clock.getIfAvailable(InstantSource::system));
    }

    @Bean
    CertificateInventory certificateInventory(
            NodeIdentity identity, LiveServerCustomizer server, ExpiryProperties expiry) {
        return new CertificateInventory(identity, server::customers, expiry);
    }

    @Bean(destroyMethod = "close")
    IdentityMeters identityMeters(
            MeterRegistry registry,
            NodeIdentity identity,
            CertificateInventory inventory,
            PeerConnections peers,
            HandshakeBound bound,
            ObjectProvider<InstantSource> clock) {
        return new IdentityMeters(
                registry, identity, inventory, peers, bound, clock.getIfAvailable(InstantSource::system));
    }

    /** The component {@code identity} of the health endpoint. */
    @Bean
    IdentityHealth identityHealthIndicator(
            NodeIdentity identity,
            CertificateInventory inventory,
            LiveServerCustomizer server,
            ObjectProvider<InstantSource> clock) {
        return new IdentityHealth(identity, inventory, server::customers, clock.getIfAvailable(InstantSource::system));
    }

    @Bean
    @ConditionalOnAvailableEndpoint
    IdentityEndpoint identityEndpoint(
            NodeIdentity identity, PeerConnections peers, PeerCertificates certificates, LiveServerCustomizer server) {
        return new IdentityEndpoint(identity, peers, certificates, server::customers);
    }
}
