package io.sallyport.pki.listener;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.internal.tcnative.SSL;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSessionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS of a listener: TLS 1.3 and 1.2, AEAD suites with forward secrecy, no resumed sessions, and the judgement over
 * client certificates on another thread than the event loop, since it asks the ledger.
 *
 * <p>A resumed session bypasses the trust manager. OpenSSL's engine gives out no tickets and keeps no sessions; with
 * Java's engine each session is made invalid right after its handshake. Should one be resumed all the same, the trust
 * manager has not judged its certificate, and the connection is closed.
 */
final class ListenerSslContext extends SslContext {
    private static final Logger log = LoggerFactory.getLogger(ListenerSslContext.class);
    private static final List<String> SUITES = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");

    private final SslContext context;
    private final Listener listener;
    private final CallerTrust trust;
    private final Executor executor;

    ListenerSslContext(
            Listener listener, ServerIdentity identity, CallerTrust trust, SslProvider provider, Executor executor) {
        this.listener = listener;
        this.trust = trust;
        this.executor = executor;
        try {
            this.context = SslContextBuilder.forServer(identity)
                    .sslProvider(provider)
                    .trustManager(trust)
                    .clientAuth(listener.clientAuth())
                    .protocols("TLSv1.3", "TLSv1.2")
                    .ciphers(SUITES, SupportedCipherSuiteFilter.INSTANCE)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up: " + e.getMessage(), e);
        }
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setSessionCacheEnabled(false);
        }
    }

    @Override
    public boolean isClient() {
        return false;
    }

    @Override
    public List<String> cipherSuites() {
        return context.cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own abstract method asks for it
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return context.applicationProtocolNegotiator();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
        return prepared(context.newEngine(allocator));
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
        return prepared(context.newEngine(allocator, peerHost, peerPort));
    }

    private static SSLEngine prepared(SSLEngine engine) {
        if (engine instanceof ReferenceCountedOpenSslEngine openSsl) {
            SSL.setOptions(openSsl.sslPointer(), SSL.SSL_OP_NO_TICKET);
        }
        return engine;
    }

    @Override
    public SSLSessionContext sessionContext() {
        return context.sessionContext();
    }

    @Override
    protected SslHandler newHandler(ByteBufAllocator allocator, boolean startTls) {
        SslHandler handler = new SslHandler(newEngine(allocator), startTls, executor);
        handler.handshakeFuture().addListener(handshake -> ended(handler, handshake));
        return handler;
    }

    private void ended(SslHandler handler, Future<?> handshake) {
        SSLEngine engine = handler.engine();
        if (!handshake.isSuccess()) {
            log.info("handshake refused listener={} cause={}", listener, rootMessage(handshake.cause()));
            return;
        }
        if (hasCertificate(engine) && !trust.hasJudged(engine)) {
            log.warn("resumed session closed listener={}", listener);
            var _ = handler.closeOutbound();
            return;
        }
        engine.getSession().invalidate();
    }

    private static boolean hasCertificate(SSLEngine engine) {
        try {
            return engine.getSession().getPeerCertificates().length > 0;
        } catch (SSLPeerUnverifiedException e) {
            return false;
        }
    }

    private static String rootMessage(Throwable problem) {
        Throwable root = problem;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    }
}
