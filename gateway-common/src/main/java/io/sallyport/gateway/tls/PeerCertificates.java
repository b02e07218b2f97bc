package io.sallyport.gateway.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.sallyport.identity.PeerIdentity;
import io.sallyport.identity.peer.HandshakeEvents;
import io.sallyport.identity.peer.HandshakeFailure;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;

/** The certificates that peers of living connections have shown. Safe for use by many threads. */
public final class PeerCertificates implements HandshakeEvents {
    private final Set<Shown> shown = ConcurrentHashMap.newKeySet();

    /** One connection's; equal to itself only. */
    private static final class Shown {
        private final String node;
        private final X509Certificate certificate;

        Shown(String node, X509Certificate certificate) {
            this.node = node;
            this.certificate = certificate;
        }
    }

    @Override
    public void succeeded(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return;
        }
        try {
            if (tls.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate leaf) {
                String node = PeerIdentity.of(channel).map(PeerIdentity::node).orElse("unknown");
                Shown one = new Shown(node, leaf);
                shown.add(one);
                channel.closeFuture().addListener(closed -> shown.remove(one));
            }
        } catch (SSLPeerUnverifiedException noCertificate) {
            // A customer: nothing was shown.
        }
    }

    @Override
    public void failed(HandshakeFailure failure) {}

    /** By node, the ones whose connections live; two of a node for a while after it has renewed. */
    Map<String, List<X509Certificate>> byNode() {
        Map<String, List<X509Certificate>> nodes = new TreeMap<>();
        for (Shown one : shown) {
            nodes.merge(one.node, List.of(one.certificate), PeerCertificates::together);
        }
        return nodes;
    }

    private static List<X509Certificate> together(List<X509Certificate> known, List<X509Certificate> more) {
        return Stream.concat(known.stream(), more.stream()).distinct().toList();
    }
}
