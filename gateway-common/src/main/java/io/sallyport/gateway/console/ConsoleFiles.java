package io.sallyport.gateway.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * The files of the console, below {@code /console/}. They hold no data; they are read once, from a folder that no static
 * resource handler of Spring knows, so that they are there where this is a route and nowhere else.
 */
final class ConsoleFiles {
    /** No script, style, font or image from elsewhere, nothing inline, no frame around it. */
    static final String POLICY =
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

    private static final String FOLDER = "META-INF/sallyport/console/";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html;charset=utf-8",
            "css", "text/css;charset=utf-8",
            "js", "text/javascript;charset=utf-8",
            "svg", "image/svg+xml");

    private final Map<String, File> files = new LinkedHashMap<>();

    /** A file as it is served. */
    private static final class File {
        private final byte[] content;
        private final MediaType type;
        private final String entityTag;

        File(byte[] content, MediaType type, String entityTag) {
            this.content = content;
            this.type = type;
            this.entityTag = entityTag;
        }
    }

    /**
     * Reads the files.
     *
     * @param page the one that is shown for {@code /console/}
     * @param more what it needs
     */
    ConsoleFiles(String page, String... more) {
        files.put("", read(page));
        for (String name : more) {
            files.put(name, read(name));
        }
    }

    private static File read(String name) {
        try {
            byte[] content =
                    new ClassPathResource(FOLDER + name, ConsoleFiles.class.getClassLoader()).getContentAsByteArray();
            String extension = name.substring(name.lastIndexOf('.') + 1);
            return new File(
                    content,
                    MediaType.parseMediaType(TYPES.getOrDefault(extension, "application/octet-stream")),
                    tag(content));
        } catch (IOException e) {
            throw new UncheckedIOException("the console's file " + name + " is not in the jar", e);
        }
    }

    private static String tag(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return '"' + HexFormat.of().formatHex(digest, 0, 12) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    RouterFunction<ServerResponse> routes() {
        URI page = URI.create("console/");
        return RouterFunctions.route()
                .GET("/", request -> ServerResponse.temporaryRedirect(page).build())
                .GET(
                        "/console",
                        request -> ServerResponse.temporaryRedirect(page).build())
                .GET("/console/", request -> serve("", request))
                .GET("/console/{file}", request -> serve(request.pathVariable("file"), request))
                .build();
    }

    private Mono<ServerResponse> serve(String name, ServerRequest request) {
        File file = files.get(name);
        if (file == null) {
            return ServerResponse.notFound().build();
        }
        return request.checkNotModified(file.entityTag)
                .switchIfEmpty(Mono.defer(() -> ServerResponse.ok()
                        .contentType(file.type)
                        .eTag(file.entityTag)
                        .cacheControl(CacheControl.maxAge(Duration.ZERO).mustRevalidate())
                        .headers(ConsoleFiles::protect)
                        .bodyValue(file.content)));
    }

    private static void protect(HttpHeaders headers) {
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
    }
}
