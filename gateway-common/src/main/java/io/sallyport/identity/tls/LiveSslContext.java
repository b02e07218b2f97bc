package io.sallyport.identity.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.SSL;
import io.sallyport.identity.IdentityException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/**
 * A TLS context that can be changed while connections live: each new connection uses the newest one.
 *
 * <p>Safe for use by many threads.
 */
public final class LiveSslContext extends SslContext {
    /*
     * Why resumption is stopped here. A resumed session skips the server's trust manager on either engine: a revoked
     * peer, or one that shows no certificate but holds the session, would come in. OpenSSL needs both the option per
     * engine (tickets) and the cache switched off (session ids). The JDK needs its ticket properties, which main sets
     * before the first TLS class is loaded, and each session made invalid as soon as its handshake has ended.
     *
     * Why resumption needs something where it is allowed: Netty switches OpenSSL's tickets off until it is given keys,
     * and TLS 1.3 has no other resumption. The keys outlive a swap, so that a new certificate costs no customer a full
     * handshake, but not the process, so that nobody has to guard them. The JDK keeps such keys in its context: there a
     * LiveKeyManager changes instead of the context.
     */

    /** Whether clients may resume a session instead of a full handshake. */
    public enum Resumption {
        /** For listeners that do not ask for a client's certificate. */
        ALLOWED,
        /** For listeners that let peers in by their certificate, and for connections to peers. */
        NEVER
    }

    private static final int LONGEST_SESSION_SECONDS = 3600;
    private static final int MOST_SESSIONS = 20_000;

    private final Resumption resumption;
    private final Map<String, LiveSslContext> byHost = new ConcurrentHashMap<>();
    private final TicketKeys ticketKeys;
    private volatile SslContext current;

    /**
     * Begins with a context.
     *
     * @throws IdentityException if resumption cannot be stopped where it must be
     */
    public LiveSslContext(SslContext first, Resumption resumption) {
        this(first, resumption, System::nanoTime);
    }

    LiveSslContext(SslContext first, Resumption resumption, LongSupplier nanoTime) {
        this.resumption = resumption;
        this.ticketKeys = new TicketKeys(nanoTime);
        this.current = first;
        prepare(first);
    }

    /** Changes what new connections use; those that live keep what they have. */
    public void swap(SslContext next) {
        if (next.isClient() != current.isClient()) {
            throw new IllegalArgumentException("a server's context takes a server's place, a client's a client's");
        }
        prepare(next);
        current = next;
    }

    /** Has connections to a host use another context; for clients only. */
    public void forHost(String host, LiveSslContext other) {
        if (!isClient() || !other.isClient()) {
            throw new IllegalArgumentException("only a client's context depends on the host: " + host);
        }
        byHost.put(host.toLowerCase(Locale.ROOT), other);
    }

    private LiveSslContext of(String host) {
        return byHost.isEmpty() ? this : byHost.getOrDefault(host.toLowerCase(Locale.ROOT), this);
    }

    private void prepare(SslContext context) {
        if (resumption == Resumption.NEVER) {
            if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
                sessions.setSessionCacheEnabled(false);
            } else if (!context.isClient() && !JdkTickets.areOff()) {
                throw new IdentityException("a listener that asks for certificates must not resume sessions: the JDK's"
                        + " engine needs " + JdkTickets.OFF + " before its first use");
            }
        } else if (!context.isClient()) {
            context.sessionContext().setSessionTimeout(LONGEST_SESSION_SECONDS);
            context.sessionContext().setSessionCacheSize(MOST_SESSIONS);
            if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
                sessions.setTicketKeys(ticketKeys.keys());
            }
        }
    }

    /* The context that new connections use, with ticket keys of this hour. */
    private SslContext current() {
        SslContext context = current;
        if (resumption == Resumption.ALLOWED
                && ticketKeys.isDue()
                && context.sessionContext() instanceof OpenSslSessionContext sessions
                && !context.isClient()
                && ticketKeys.changeIfDue()) {
            sessions.setTicketKeys(ticketKeys.keys());
        }
        return context;
    }

    private SSLEngine prepared(SSLEngine engine) {
        if (resumption == Resumption.NEVER && engine instanceof ReferenceCountedOpenSslEngine openSsl) {
            SSL.setOptions(openSsl.sslPointer(), SSL.SSL_OP_NO_TICKET);
        }
        return engine;
    }

    private SslHandler prepared(SslHandler handler) {
        SSLEngine engine = prepared(handler.engine());
        if (resumption == Resumption.NEVER && !(engine instanceof ReferenceCountedOpenSslEngine)) {
            handler.handshakeFuture().addListener(done -> engine.getSession().invalidate());
        }
        return handler;
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
        return prepared(current().newEngine(allocator));
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
        LiveSslContext chosen = of(peerHost);
        return chosen.prepared(chosen.current().newEngine(allocator, peerHost, peerPort));
    }

    @Override
    protected SslHandler newHandler(ByteBufAllocator allocator, boolean startTls) {
        return prepared(current().newHandler(allocator));
    }

    @Override
    protected SslHandler newHandler(ByteBufAllocator allocator, String peerHost, int peerPort, boolean startTls) {
        LiveSslContext chosen = of(peerHost);
        return chosen.prepared(chosen.current().newHandler(allocator, peerHost, peerPort));
    }

    @Override
    protected SslHandler newHandler(ByteBufAllocator allocator, boolean startTls, Executor delegatedTasks) {
        return prepared(current().newHandler(allocator, delegatedTasks));
    }

    @Override
    protected SslHandler newHandler(
            ByteBufAllocator allocator, String peerHost, int peerPort, boolean startTls, Executor delegatedTasks) {
        LiveSslContext chosen = of(peerHost);
        return chosen.prepared(chosen.current().newHandler(allocator, peerHost, peerPort, delegatedTasks));
    }

    @Override
    public boolean isClient() {
        return current.isClient();
    }

    @Override
    public List<String> cipherSuites() {
        return current.cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own abstract method
    public io.netty.handler.ssl.ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return current.applicationProtocolNegotiator();
    }

    @Override
    public SSLSessionContext sessionContext() {
        return current.sessionContext();
    }
}
