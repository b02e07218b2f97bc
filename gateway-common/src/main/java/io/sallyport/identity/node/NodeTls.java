package io.sallyport.identity.node;

import io.netty.handler.ssl.SslContext;
import io.sallyport.identity.Credentials;
import io.sallyport.identity.peer.PeerRule;
import io.sallyport.identity.peer.PeerTrust;
import io.sallyport.identity.tls.LiveSslContext;
import io.sallyport.identity.tls.LiveSslContext.Resumption;
import io.sallyport.identity.tls.TlsContexts;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;

/** The node's TLS contexts, which follow its identity while connections live. */
public final class NodeTls {
    private final NodeIdentity identity;
    private final TlsContexts contexts;
    private final InstantSource clock;

    /** Contexts of one engine for one identity. */
    public NodeTls(NodeIdentity identity, TlsContexts contexts, InstantSource clock) {
        this.identity = identity;
        this.contexts = contexts;
        this.clock = clock;
    }

    /** For a listener that opens to peers of the rule only; its sessions are never resumed. */
    public LiveSslContext server(PeerRule rule) {
        return follow(own -> contexts.server(own, trust(rule, own)), Resumption.NEVER);
    }

    /** For connections to peers of the rule; their sessions are never resumed, or a revoked peer would not be judged. */
    public LiveSslContext client(PeerRule rule) {
        return follow(own -> contexts.client(own, trust(rule, own)), Resumption.NEVER);
    }

    /** The same with key and chain of another source; the roots follow the identity. */
    public LiveSslContext client(PeerRule rule, Supplier<KeyManagerFactory> keys) {
        return follow(own -> contexts.client(keys.get(), trust(rule, own)), Resumption.NEVER);
    }

    /** Has a context of {@link #client(PeerRule, Supplier)} take what its source holds now. */
    public void renew(LiveSslContext live, PeerRule rule, KeyManagerFactory keys) {
        live.swap(contexts.client(keys, trust(rule)));
    }

    /** The judge of peers by a rule, on the roots that the node trusts now. */
    public PeerTrust trust(PeerRule rule) {
        return trust(rule, identity.current());
    }

    private PeerTrust trust(PeerRule rule, Credentials own) {
        return new PeerTrust(rule, own.roots(), identity::revocation, clock);
    }

    private LiveSslContext follow(Function<Credentials, SslContext> maker, Resumption resumption) {
        LiveSslContext live = new LiveSslContext(maker.apply(identity.current()), resumption);
        identity.onChange(next -> live.swap(maker.apply(next)));
        return live;
    }
}
