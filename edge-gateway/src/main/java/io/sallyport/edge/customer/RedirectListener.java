package io.sallyport.edge.customer;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The edge's plain-HTTP listener: answers every request with a redirect to HTTPS that keeps path and query, 308, so that the
 * method stays (RFC 9110, section 15.4.9).
 */
public final class RedirectListener implements SmartLifecycle {
    private static final Duration STOP = Duration.ofSeconds(1);

    private final EdgeProperties properties;
    private final String address;
    private final WebServerApplicationContext context;
    private volatile @Nullable DisposableServer server;

    RedirectListener(EdgeProperties properties, String address, WebServerApplicationContext context) {
        this.properties = properties;
        this.address = address;
        this.context = context;
    }

    /** The port that is listened on; empty of meaning, -1, where the listener is off. */
    public int port() {
        DisposableServer running = server;
        return running == null ? -1 : running.port();
    }

    @Override
    public void start() {
        if (properties.httpPort() < 0) {
            return;
        }
        try {
            server = HttpServer.create()
                    .bindAddress(() -> new InetSocketAddress(address, properties.httpPort()))
                    .idleTimeout(Duration.ofSeconds(10))
                    .handle(this::redirect)
                    .bindNow(Duration.ofSeconds(10));
        } catch (ChannelBindException taken) {
            throw new PortInUseException(properties.httpPort(), taken);
        }
    }

    private Publisher<Void> redirect(HttpServerRequest request, HttpServerResponse response) {
        List<String> hosts = request.requestHeaders().getAll("host");
        String host = hosts.size() == 1 ? hostOnly(hosts.get(0)) : null;
        if (host == null || !request.uri().startsWith("/")) {
            return response.status(400).send();
        }
        int port = httpsPort();
        String authority = port == 443 ? host : host + ":" + port;
        return response.status(308)
                .header("Location", "https://" + authority + request.uri())
                .header("Cache-Control", "no-store")
                .send();
    }

    private int httpsPort() {
        Integer configured = properties.httpsPort();
        if (configured != null) {
            return configured;
        }
        WebServer https = context.getWebServer();
        return https == null ? 443 : https.getPort();
    }

    private static @Nullable String hostOnly(String authority) {
        try {
            return new URI("http://" + authority + "/").getHost();
        } catch (URISyntaxException malformed) {
            return null;
        }
    }

    @Override
    public void stop() {
        DisposableServer running = server;
        if (running != null) {
            running.disposeNow(STOP);
            server = null;
        }
    }

    /** It serves as long as the gate does. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 1;
    }

    @Override
    public boolean isRunning() {
        return server != null;
    }
}
