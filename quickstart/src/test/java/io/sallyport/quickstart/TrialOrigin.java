package io.sallyport.quickstart;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** An origin that counts what it is asked, with the traffic in it that is no plain page. */
final class TrialOrigin implements AutoCloseable {
    private final Map<String, AtomicInteger> requests = new ConcurrentHashMap<>();
    private final DisposableServer server;

    /** What the next reader of {@code /events} is sent. */
    final Sinks.Many<String> events = Sinks.many().unicast().onBackpressureBuffer();

    TrialOrigin() {
        this(null);
    }

    /** With credentials it serves HTTPS. */
    TrialOrigin(@Nullable Credentials tls) {
        HttpServer plain = HttpServer.create()
                .host("0.0.0.0")
                .port(0)
                .route(routes -> routes.ws(
                                "/ws",
                                (in, out) ->
                                        out.sendString(in.receive().asString().map(text -> "echo " + text)))
                        .get("/events", this::events)
                        .get("/hints", TrialOrigin::hints)
                        .get("/fields", TrialOrigin::fields)
                        .route(any -> true, this::page));
        server = (tls == null ? plain : plain.secure(spec -> spec.sslContext(serverContext(tls)))).bindNow();
    }

    private static SslContext serverContext(Credentials own) {
        try {
            return SslContextBuilder.forServer(own.chain().toFile(), own.key().toFile())
                    .build();
        } catch (SSLException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.port();
    }

    /** Answers how many requests for a path came, by any method. */
    int requests(String path) {
        AtomicInteger count = requests.get(path);
        return count == null ? 0 : count.get();
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(1));
    }

    /** A page that may be stored; what is posted is sent back. */
    private Publisher<Void> page(HttpServerRequest request, HttpServerResponse response) {
        int number = requests.computeIfAbsent(request.fullPath(), path -> new AtomicInteger())
                .incrementAndGet();
        if (request.method().equals(HttpMethod.POST)) {
            return response.sendString(request.receive().aggregate().asString().map(text -> "posted " + text));
        }
        String page = "page " + number;
        response.header("Cache-Control", "max-age=60").header("Content-Length", Integer.toString(page.length()));
        return request.method().equals(HttpMethod.HEAD) ? response.send() : response.sendString(Mono.just(page));
    }

    private Publisher<Void> events(HttpServerRequest request, HttpServerResponse response) {
        return response.sse()
                .header("Cache-Control", "no-store")
                .sendString(events.asFlux().map(event -> "data: " + event + "\n\n"));
    }

    /** 103 with a field, then the page. */
    private static Publisher<Void> hints(HttpServerRequest request, HttpServerResponse response) {
        request.withConnection(connection -> {
            DefaultFullHttpResponse early = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.EARLY_HINTS,
                    Unpooled.EMPTY_BUFFER,
                    new DefaultHttpHeaders().add("Link", "</style.css>; rel=preload"),
                    EmptyHttpHeaders.INSTANCE);
            var _ = connection
                    .channel()
                    .pipeline()
                    .context(NettyPipeline.HttpTrafficHandler)
                    .writeAndFlush(early);
        });
        return response.header("Cache-Control", "no-store").sendString(Mono.just("with hints"));
    }

    /** The fields that came. */
    private static Publisher<Void> fields(HttpServerRequest request, HttpServerResponse response) {
        List<Map.Entry<String, String>> fields = request.requestHeaders().entries();
        return response.header("Cache-Control", "no-store")
                .sendString(Mono.just(fields.stream()
                        .map(field -> field.getKey().toLowerCase(Locale.ROOT) + ": " + field.getValue())
                        .collect(Collectors.joining("\n"))));
    }
}
