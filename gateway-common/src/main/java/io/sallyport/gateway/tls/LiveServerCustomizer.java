package io.sallyport.gateway.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.Role;
import io.sallyport.identity.node.NodeTls;
import io.sallyport.identity.peer.HandshakeBound;
import io.sallyport.identity.peer.HandshakeEvents;
import io.sallyport.identity.peer.HandshakeObserver;
import io.sallyport.identity.peer.PeerConnections;
import io.sallyport.identity.peer.PeerRule;
import io.sallyport.identity.tls.LiveKeyManager;
import io.sallyport.identity.tls.LiveSslContext;
import io.sallyport.identity.tls.LiveSslContext.Resumption;
import io.sallyport.identity.tls.TlsContexts;
import io.sallyport.identity.tls.TlsContexts.Http;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Puts a live context in the place of the one that Boot makes of {@code server.ssl.*}, observes the handshakes and bounds
 * how many there are at a time.
 *
 * <p>For the bundle {@code node} it follows the node's identity and watches the peers, for any other one the bundles'
 * reloads.
 */
final class LiveServerCustomizer implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {
    private final NodeTls node;
    private final PeerRule peers;
    private final PeerConnections connections;
    private final TlsProperties properties;
    private final SslBundles bundles;
    private final HandshakeBound bound;
    private final HandshakeEvents events;
    private final PeerCertificates certificates;
    private final InstantSource clock;
    private @Nullable CustomerCertificates customers;

    LiveServerCustomizer(
            NodeTls node,
            PeerRule peers,
            PeerConnections connections,
            TlsProperties properties,
            SslBundles bundles,
            HandshakeBound bound,
            HandshakeEvents events,
            PeerCertificates certificates,
            InstantSource clock) {
        this.node = node;
        this.peers = peers;
        this.connections = connections;
        this.properties = properties;
        this.bundles = bundles;
        this.bound = bound;
        this.events = events;
        this.certificates = certificates;
        this.clock = clock;
    }

    /** After Boot's own, so that the settings of {@code server.ssl} are there. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    /** What is shown to customers; empty where the listener is for peers. */
    Optional<CustomerCertificates> customers() {
        return Optional.ofNullable(customers);
    }

    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
        Ssl ssl = factory.getSsl();
        @Nullable String bundle = ssl == null ? null : ssl.getBundle();
        if (ssl == null || bundle == null || !ssl.isEnabled()) {
            return;
        }
        boolean forPeers = bundle.equals(NodeBundle.NAME);
        LiveSslContext live = forPeers ? nodeContext(ssl) : customerContext(ssl, bundle, factory);
        HandshakeEvents all =
                bound.then(forPeers ? connections.then(certificates).then(events) : events);
        factory.addServerCustomizers(server -> server.secure(
                        tls -> tls.sslContext(live).handshakeTimeout(properties.handshakeTimeout()))
                .doOnBound(bind -> bind.channel().pipeline().addFirst("sallyport.bound", bound.acceptor()))
                .doOnChannelInit((observer, channel, remote) -> HandshakeObserver.observe(channel, all)));
    }

    private LiveSslContext nodeContext(Ssl ssl) {
        checkNodeListener(peers.role() == Role.EDGE ? Role.REGIONAL : Role.EDGE, ssl);
        return node.server(peers);
    }

    /** Throws where a listener for peers would let in others, or belongs to another gate. */
    static void checkNodeListener(@Nullable Role own, Ssl ssl) {
        if (own != Role.REGIONAL || ssl.getClientAuth() != Ssl.ClientAuth.NEED) {
            throw new IdentityException(
                    "server.ssl.bundle=node is for the regional gate and needs server.ssl.client-auth=need: it is "
                            + ssl.getClientAuth());
        }
    }

    private LiveSslContext customerContext(Ssl ssl, String name, NettyReactiveWebServerFactory factory) {
        Http http = factory.getHttp2() != null && factory.getHttp2().isEnabled() ? Http.HTTP_2_AND_1_1 : Http.HTTP_1_1;
        TlsContexts contexts = new TlsContexts(properties.engine(), http);
        ClientAuth clientAuth =
                Ssl.ClientAuth.map(ssl.getClientAuth(), ClientAuth.NONE, ClientAuth.OPTIONAL, ClientAuth.REQUIRE);
        Resumption resumption = clientAuth == ClientAuth.NONE ? Resumption.ALLOWED : Resumption.NEVER;
        try {
            return live(contexts, ssl, name, clientAuth, resumption);
        } catch (RuntimeException unusable) {
            throw UnusableBundleException.of(name, unusable);
        }
    }

    private LiveSslContext live(
            TlsContexts contexts, Ssl ssl, String name, ClientAuth clientAuth, Resumption resumption) {
        CustomerCertificates certificates = new CustomerCertificates(bundles, ssl, name, clock);
        customers = certificates;
        if (resumption == Resumption.ALLOWED && properties.engine().provider() != SslProvider.OPENSSL) {
            LiveKeyManager keys = new LiveKeyManager(certificates.keyManager());
            certificates.onChange(() -> keys.swap(certificates.keyManager()));
            return new LiveSslContext(context(contexts, keys, name, clientAuth), resumption);
        }
        LiveSslContext live =
                new LiveSslContext(context(contexts, certificates.keyManager(), name, clientAuth), resumption);
        certificates.onChange(() -> live.swap(context(contexts, certificates.keyManager(), name, clientAuth)));
        return live;
    }

    private SslContext context(TlsContexts contexts, KeyManager keys, String name, ClientAuth clientAuth) {
        SslBundle bundle = bundles.getBundle(name);
        return contexts.server(
                keys,
                clientAuth == ClientAuth.NONE ? null : bundle.getManagers().getTrustManagerFactory(),
                clientAuth);
    }
}
