package io.sallyport.gateway.tls;

import io.sallyport.identity.Credentials;
import io.sallyport.identity.node.NodeIdentity;
import io.sallyport.identity.node.NodeTls;
import io.sallyport.identity.peer.PeerRule;
import io.sallyport.identity.tls.TlsContexts;
import java.util.Set;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;

/** The SSL bundle {@code node}: the node's identity under a name that plain Spring settings can refer to. */
final class NodeBundle implements SslBundleRegistrar {
    static final String NAME = "node";

    private final NodeIdentity identity;
    private final NodeTls tls;
    private final PeerRule peers;

    NodeBundle(NodeIdentity identity, NodeTls tls, PeerRule peers) {
        this.identity = identity;
        this.tls = tls;
        this.peers = peers;
    }

    @Override
    public void registerBundles(SslBundleRegistry registry) {
        registry.registerBundle(NAME, bundle(identity.current()));
        identity.onChange(next -> registry.updateBundle(NAME, bundle(next)));
    }

    private SslBundle bundle(Credentials own) {
        SslOptions options = SslOptions.of(Set.copyOf(TlsContexts.CIPHER_SUITES), Set.copyOf(TlsContexts.PROTOCOLS));
        SslManagerBundle managers =
                SslManagerBundle.of(own.keyManagerFactory(), tls.trust(peers).factory());
        return SslBundle.of(null, null, options, "TLS", managers);
    }
}
