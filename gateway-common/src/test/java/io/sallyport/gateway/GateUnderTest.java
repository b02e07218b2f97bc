package io.sallyport.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.gateway.hit.Admission;
import io.sallyport.gateway.observe.AccessLog;
import io.sallyport.gateway.setting.GateProperties;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import reactor.netty.http.HttpProtocol;

/** A gate on a plain listener in front of an origin, with a clock that is moved by hand. */
final class GateUnderTest implements AutoCloseable {
    private static final AtomicReference<Instant> NOW = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ReactiveWebServerApplicationContext context;

    /** The application: a gateway with nothing but the gate. */
    @SpringBootConfiguration
    @EnableGate
    static class Application {
        @Bean
        InstantSource clock() {
            return NOW::get;
        }

        @Bean
        @ConditionalOnProperty("test.access-log-file")
        AccessLog accessLog(
                GateProperties properties,
                InstantSource clock,
                MeterRegistry registry,
                @Value("${test.access-log-file}") Path file)
                throws IOException {
            PrintStream out = new PrintStream(Files.newOutputStream(file), true, StandardCharsets.UTF_8);
            return new AccessLog(properties.accessLog(), properties.tier().label(), clock, out, registry);
        }

        /** Refuses with 403 what carries X-Refuse. */
        @Bean
        Admission.Rule refusing() {
            return (request, head) ->
                    request.headers().contains("X-Refuse") ? OptionalInt.of(403) : OptionalInt.empty();
        }
    }

    GateUnderTest(String originUrl, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.cloud.gateway.server.webflux.routes[0].id=all",
                "--spring.cloud.gateway.server.webflux.routes[0].uri=" + originUrl,
                "--spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/**",
                "--spring.cloud.gateway.server.webflux.routes[0].filters[0]=HttpCache"));
        arguments.addAll(arguments(settings));
        context = run(arguments);
    }

    /** The settings that all have, where they are not given. */
    private static List<String> arguments(String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--spring.main.banner-mode=off",
                "--logging.level.root=WARN",
                "--sallyport.tier=edge",
                "--sallyport.access-log=off",
                "--sallyport.drain.delay=0s",
                "--sallyport.drain.timeout=0s",
                "--sallyport.cache.memory=16MB",
                "--sallyport.cache.max-object=4MB"));
        for (String setting : settings) {
            arguments.removeIf(common -> common.startsWith(setting.substring(0, setting.indexOf('=') + 1)));
        }
        arguments.addAll(List.of(settings));
        return arguments;
    }

    private GateUnderTest(List<String> arguments) {
        context = run(arguments);
    }

    /** One whose routes come from elsewhere. */
    static GateUnderTest withoutRoutes(String... settings) {
        List<String> arguments = arguments(settings);
        return new GateUnderTest(arguments);
    }

    private static ReactiveWebServerApplicationContext run(List<String> arguments) {
        return (ReactiveWebServerApplicationContext)
                new SpringApplicationBuilder(Application.class).run(arguments.toArray(String[]::new));
    }

    int port() {
        return Objects.requireNonNull(context.getWebServer()).getPort();
    }

    int managementPort() {
        return Integer.parseInt(String.valueOf(context.getEnvironment().getProperty("local.management.port")));
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Has a task run when the gate begins to end, while nothing else of it does. */
    void whenReadinessGoes(Runnable task) {
        context.addApplicationListener(event -> {
            if (event instanceof AvailabilityChangeEvent<?> change
                    && change.getState() == ReadinessState.REFUSING_TRAFFIC) {
                task.run();
            }
        });
    }

    void passes(Duration time) {
        NOW.updateAndGet(now -> now.plus(time));
    }

    Instant now() {
        return NOW.get();
    }

    HttpResponse<String> get(String target, String... fields) {
        return send("GET", target, "", fields);
    }

    HttpResponse<String> send(String method, String target, String content, String... fields) {
        return send(port(), method, target, content, fields);
    }

    /** A GET of which the answer may break off; empty where it did. */
    Optional<HttpResponse<String>> getUnlessBroken(String target) {
        try {
            return Optional.of(get(target));
        } catch (IllegalStateException broken) {
            return Optional.empty();
        }
    }

    /** Whether the answer to a GET over HTTP/2 breaks off, or is an error of the gateway. */
    boolean breaksOffOverHttp2(String target) {
        try {
            Integer status = reactor.netty.http.client.HttpClient.create()
                    .protocol(HttpProtocol.H2C)
                    .get()
                    .uri("http://127.0.0.1:" + port() + target)
                    .responseSingle((response, content) ->
                            content.thenReturn(response.status().code()))
                    .block(Duration.ofSeconds(10));
            return status == null || status >= 500;
        } catch (RuntimeException broken) {
            return true;
        }
    }

    /** A request to the management port. */
    HttpResponse<String> manage(String method, String target, String content, String... fields) {
        return send(managementPort(), method, target, content, fields);
    }

    private HttpResponse<String> send(int port, String method, String target, String content, String... fields) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                .method(
                        method,
                        content.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(content));
        if (fields.length > 0) {
            request.headers(fields);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A connection with a small receive buffer, over which a request was said. */
    Socket connect(String request) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16 << 10);
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return socket;
    }

    /** Says the bytes on a connection of its own and returns all that comes until it is closed. */
    String raw(String request) throws IOException {
        return raw(request, "", () -> {});
    }

    /** The same on another port. */
    String rawTo(int port, String request) throws IOException {
        return raw(port, request, "", () -> {});
    }

    /** The same, and runs a task as soon as what came contains a marker. */
    String raw(String request, String marker, Runnable seen) throws IOException {
        return raw(port(), request, marker, seen);
    }

    private static String raw(int port, String request, String marker, Runnable seen) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            StringBuilder came = new StringBuilder();
            boolean told = false;
            byte[] buffer = new byte[8192];
            for (int n = read(socket, buffer, came); n >= 0; n = read(socket, buffer, came)) {
                came.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                if (!told && came.indexOf(marker) >= 0) {
                    told = true;
                    seen.run();
                }
            }
            return came.toString();
        }
    }

    private static int read(Socket socket, byte[] buffer, StringBuilder came) throws IOException {
        try {
            return socket.getInputStream().read(buffer);
        } catch (SocketTimeoutException neverEnds) {
            throw new IllegalStateException("neither the end nor more came after " + came, neverEnds);
        } catch (SocketException reset) {
            return -1;
        }
    }

    @Override
    public void close() {
        context.close();
        client.close();
    }
}
