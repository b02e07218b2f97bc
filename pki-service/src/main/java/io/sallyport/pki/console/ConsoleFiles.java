package io.sallyport.pki.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * The files of the console, below {@code /console/}. They hold no data; they are read once, from a folder that no static
 * resource handler of Spring knows, so that they are there where this is a route and nowhere else. Style and common code
 * are those of the gates' console; the build copies them.
 */
public final class ConsoleFiles {
    // No script, style, font or image from elsewhere, nothing inline, no frame around it.
    private static final String POLICY =
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

    private ConsoleFiles(String script, String... more) {
        String page = new String(octets("pki.html"), StandardCharsets.UTF_8);
        files.put(
                "",
                file(
                        "pki.html",
                        page.replace("src=\"pki.js\"", "src=\"" + script + "\"").getBytes(StandardCharsets.UTF_8)));
        for (String name : List.of("pki.js", "console.js", "console.css", "favicon.svg")) {
            files.put(name, file(name, octets(name)));
        }
        for (String name : more) {
            files.put(name, file(name, octets(name)));
        }
    }

    /** The page that shows. */
    public static ConsoleFiles forManagement() {
        return new ConsoleFiles("pki.js");
    }

    /** The page that shows and acts. */
    public static ConsoleFiles forAdmins() {
        return new ConsoleFiles("admin.js", "admin.js");
    }

    private static byte[] octets(String name) {
        try {
            return new ClassPathResource(FOLDER + name, ConsoleFiles.class.getClassLoader()).getContentAsByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("the console's file " + name + " is not in the jar", e);
        }
    }

    private static File file(String name, byte[] content) {
        String extension = name.substring(name.lastIndexOf('.') + 1);
        String type = TYPES.getOrDefault(extension, "application/octet-stream");
        return new File(content, MediaType.parseMediaType(type), tag(content));
    }

    private static String tag(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return '"' + HexFormat.of().formatHex(digest, 0, 12) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The redirects to the page. */
    public static Mono<ServerResponse> toPage(ServerRequest request) {
        return ServerResponse.temporaryRedirect(URI.create("console/")).build();
    }

    /** A file by the path variable {@code file}, the page where there is none. */
    public Mono<ServerResponse> serve(ServerRequest request) {
        return serve(request.pathVariables().getOrDefault("file", ""), request);
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
