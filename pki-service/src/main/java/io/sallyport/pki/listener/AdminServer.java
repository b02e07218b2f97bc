package io.sallyport.pki.listener;

import io.netty.handler.ssl.SslContext;
import io.sallyport.pki.StartFailureException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** The admins' listener: a server of its own over the same handler as the nodes' listener. */
public final class AdminServer implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String bind;
    private final int port;
    private final SslContext tls;
    private final ObjectProvider<HttpHandler> handler;
    private volatile @Nullable DisposableServer server;

    /** A server at an address; it takes requests from {@link #start} to {@link #stop}. */
    public AdminServer(String bind, int port, SslContext tls, ObjectProvider<HttpHandler> handler) {
        this.bind = bind;
        this.port = port;
        this.tls = tls;
        this.handler = handler;
    }

    @Override
    public void start() {
        HttpHandler all = handler.getObject();
        HttpHandler admin = (request, response) ->
                all.handle(request, response).contextWrite(context -> context.put(Listener.class, Listener.ADMIN));
        try {
            DisposableServer bound = HttpServer.create()
                    .host(bind)
                    .port(port)
                    .secure(spec -> spec.sslContext(tls))
                    .handle(new ReactorHttpHandlerAdapter(admin))
                    .bindNow();
            server = bound;
            log.info("admin listener started port={}", bound.port());
        } catch (ChannelBindException e) {
            throw new StartFailureException(
                    "the admins' listener cannot bind " + bind + ":" + port + ": " + e.getMessage(),
                    "free the port or set sallyport.pki.admin-port to another one (0 takes a free one)",
                    e);
        }
    }

    @Override
    public void stop() {
        DisposableServer running = server;
        server = null;
        if (running != null) {
            running.disposeNow(PATIENCE);
        }
    }

    @Override
    public boolean isRunning() {
        return server != null;
    }

    /** The port as it is. */
    public int port() {
        DisposableServer running = server;
        if (running == null) {
            throw new IllegalStateException("the admins' listener is not started");
        }
        return running.port();
    }
}
