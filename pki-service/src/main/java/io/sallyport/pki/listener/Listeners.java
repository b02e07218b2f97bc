package io.sallyport.pki.listener;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.sallyport.pki.authority.CallerJudge;
import java.util.concurrent.Executor;

/** Makes the TLS of both listeners, on OpenSSL's engine where its library is there and on Java's else. */
public final class Listeners {
    private final ServerIdentity identity;
    private final CallerJudge judge;
    private final Executor executor;
    private final SslProvider provider;

    /** TLS with one identity; {@code executor} runs the judgement over client certificates. */
    public Listeners(ServerIdentity identity, CallerJudge judge, boolean javaEngine, Executor executor) {
        this.identity = identity;
        this.judge = judge;
        this.executor = executor;
        this.provider = !javaEngine && OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    }

    /** The TLS of a listener. */
    public SslContext tls(Listener listener) {
        return new ListenerSslContext(listener, identity, new CallerTrust(judge, listener), provider, executor);
    }
}
