package io.sallyport.edge.upstream;

import io.netty.channel.Channel;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.node.NodeIdentity;
import io.sallyport.identity.node.NodeTls;
import io.sallyport.identity.peer.PeerConnections;
import io.sallyport.identity.peer.PeerRule;
import io.sallyport.identity.tls.LiveSslContext;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** What the edge shows upstream: the node's identity, and for some hosts the certificate of an SSL bundle. */
final class ShownIdentities {
    private static final Logger LOG = LoggerFactory.getLogger(ShownIdentities.class);

    private final NodeIdentity identity;
    private final PeerRule rule;
    private final SslBundles bundles;
    private final Map<String, String> bundleByHost;
    private final Map<String, X509Certificate> shownByBundle = new ConcurrentHashMap<>();

    ShownIdentities(NodeIdentity identity, PeerRule rule, SslBundles bundles, Map<String, String> bundleByHost) {
        this.identity = identity;
        this.rule = rule;
        this.bundles = bundles;
        this.bundleByHost = Map.copyOf(bundleByHost);
        bundleByHost.values().forEach(name -> shownByBundle.put(name, leaf(name, bundles.getBundle(name))));
    }

    /** A context that shows to each host what is meant for it, now and after each change. */
    LiveSslContext context(NodeTls node) {
        LiveSslContext live = node.client(rule);
        bundleByHost.forEach((host, name) -> {
            LiveSslContext other = node.client(
                    rule, () -> bundles.getBundle(name).getManagers().getKeyManagerFactory());
            bundles.addBundleUpdateHandler(name, next -> reload(node, other, name, next));
            live.forHost(host, other);
        });
        return live;
    }

    private void reload(NodeTls node, LiveSslContext live, String name, SslBundle next) {
        try {
            X509Certificate leaf = leaf(name, next);
            node.renew(live, rule, next.getManagers().getKeyManagerFactory());
            shownByBundle.put(name, leaf);
        } catch (RuntimeException e) {
            LOG.warn("event=material-refused bundle={} reason=\"{}\"", name, e.getMessage());
        }
    }

    /** Whether a connection was made with what is no longer shown to its host. */
    boolean isOutdated(Channel channel) {
        return PeerConnections.ownCertificate(channel)
                .filter(own -> !own.equals(identity.current().leaf()))
                .filter(own -> !shownByBundle.containsValue(own))
                .isPresent();
    }

    private static X509Certificate leaf(String name, SslBundle bundle) {
        for (KeyManager manager : bundle.getManagers().getKeyManagers()) {
            if (manager instanceof X509KeyManager keys) {
                for (String type : new String[] {"EC", "RSA"}) {
                    String[] aliases = keys.getClientAliases(type, null);
                    if (aliases != null && aliases.length > 0) {
                        return keys.getCertificateChain(aliases[0])[0];
                    }
                }
            }
        }
        throw new IdentityException("SSL bundle " + name + " must hold a key and a certificate: it holds none");
    }
}
