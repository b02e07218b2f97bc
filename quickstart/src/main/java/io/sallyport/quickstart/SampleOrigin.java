package io.sallyport.quickstart;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * An origin to try the pair with: a page that may be stored, one that may not, a large one, one with validators, and a
 * count of the requests that came.
 */
final class SampleOrigin implements AutoCloseable {
    private static final int SLICE_BYTES = 16 * 1024;
    private static final long MAX_LARGE_BYTES = 1L << 30;
    private static final Set<String> PATHS = Set.of("/", "/time", "/article", "/large", "/requests");
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);
    private static final String ARTICLE =
            "This text changes only when the origin starts anew. It may be stored for 5 seconds and has validators.\n";

    private final InstantSource clock;
    private final Instant started;
    private final Map<String, AtomicLong> requests = new ConcurrentSkipListMap<>();
    private final DisposableServer server;

    /** Starts the origin on a free port of 127.0.0.1. */
    SampleOrigin(InstantSource clock) {
        this(clock, "127.0.0.1", 0);
    }

    /** Starts the origin at an address and port. */
    SampleOrigin(InstantSource clock, String address, int port) {
        this.clock = clock;
        started = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        server = HttpServer.create()
                .host(address)
                .port(port)
                .handle(this::answer)
                .bindNow();
    }

    /** Answers the origin's base URL. */
    OriginUrl url() {
        return OriginUrl.parse("http://localhost:" + server.port());
    }

    /** Answers how many requests for a path came. */
    long requests(String path) {
        AtomicLong count = requests.get(path);
        return count == null ? 0 : count.get();
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(1));
    }

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        QueryStringDecoder target = new QueryStringDecoder(request.uri());
        String path = target.path();
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            response.header(HttpHeaderNames.ALLOW, "GET, HEAD");
            return text(request, response.status(HttpResponseStatus.METHOD_NOT_ALLOWED), "GET and HEAD only\n");
        }
        long number = count(path);
        return switch (path) {
            case "/" -> index(request, response, number);
            case "/time" -> time(request, response, number);
            case "/article" -> article(request, response);
            case "/large" -> large(request, response, target.parameters().get("size"));
            case "/requests" -> requestCounts(request, response);
            default -> notFound(request, response);
        };
    }

    private long count(String path) {
        return requests.computeIfAbsent(PATHS.contains(path) ? path : "others", p -> new AtomicLong())
                .incrementAndGet();
    }

    private Publisher<Void> index(HttpServerRequest request, HttpServerResponse response, long number) {
        response.header(HttpHeaderNames.CACHE_CONTROL, "max-age=60");
        response.header(HttpHeaderNames.CONTENT_TYPE, "text/html; charset=utf-8");
        return body(request, response, """
                <!doctype html>
                <html lang="en">
                <title>Sallyport's sample origin</title>
                <h1>Hello from the origin</h1>
                <p>This page was made at %s for request number %d that reached the origin. It may be stored for 60 seconds.</p>
                <ul>
                <li><a href="/time">/time</a> may not be stored</li>
                <li><a href="/article">/article</a> has an entity tag and a date, and may be stored for 5 seconds</li>
                <li><a href="/large?size=1000000">/large?size=BYTES</a> is as large as you want</li>
                <li><a href="/requests">/requests</a> counts the requests that reached the origin</li>
                </ul>
                </html>
                """.formatted(clock.instant(), number));
    }

    private Publisher<Void> time(HttpServerRequest request, HttpServerResponse response, long number) {
        response.header(HttpHeaderNames.CACHE_CONTROL, "no-store");
        return text(request, response, "%s, request number %d\n".formatted(clock.instant(), number));
    }

    private Publisher<Void> article(HttpServerRequest request, HttpServerResponse response) {
        String entityTag = "\"article-" + started.getEpochSecond() + "\"";
        response.header(HttpHeaderNames.CACHE_CONTROL, "max-age=5");
        response.header(HttpHeaderNames.ETAG, entityTag);
        response.header(HttpHeaderNames.LAST_MODIFIED, HTTP_DATE.format(started));
        if (isNotModified(request, entityTag)) {
            return response.status(HttpResponseStatus.NOT_MODIFIED).send();
        }
        return text(request, response, ARTICLE);
    }

    /** If-None-Match, where it is there, decides alone (RFC 9110, section 13.2.2). */
    private boolean isNotModified(HttpServerRequest request, String entityTag) {
        List<String> tags = request.requestHeaders().getAll(HttpHeaderNames.IF_NONE_MATCH);
        if (!tags.isEmpty()) {
            return tags.stream()
                    .flatMap(field -> Arrays.stream(field.split(",")))
                    .map(tag -> tag.strip().replaceFirst("^W/", ""))
                    .anyMatch(tag -> tag.equals("*") || tag.equals(entityTag));
        }
        Instant since = date(request.requestHeaders().get(HttpHeaderNames.IF_MODIFIED_SINCE));
        return since != null && !started.isAfter(since);
    }

    private static @Nullable Instant date(@Nullable String field) {
        if (field == null) {
            return null;
        }
        try {
            return Instant.from(HTTP_DATE.parse(field));
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private Publisher<Void> large(HttpServerRequest request, HttpServerResponse response, @Nullable List<String> size) {
        long bytes = size == null ? 1_000_000 : bytes(size.getFirst());
        if (bytes < 0) {
            response.status(HttpResponseStatus.BAD_REQUEST);
            return text(request, response, "size must be 0 to %d bytes\n".formatted(MAX_LARGE_BYTES));
        }
        response.header(HttpHeaderNames.CACHE_CONTROL, "max-age=60");
        response.header(HttpHeaderNames.CONTENT_TYPE, "application/octet-stream");
        response.header(HttpHeaderNames.CONTENT_LENGTH, Long.toString(bytes));
        response.header(HttpHeaderNames.ETAG, "\"large-" + bytes + "\"");
        response.header(HttpHeaderNames.LAST_MODIFIED, HTTP_DATE.format(started));
        if (request.method().equals(HttpMethod.HEAD)) {
            return response.send();
        }
        return response.send(slices(bytes));
    }

    /** Answers the size that a text means, or a negative number. */
    private static long bytes(String text) {
        try {
            long bytes = Long.parseLong(text);
            return bytes > MAX_LARGE_BYTES ? -1 : bytes;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static Flux<ByteBuf> slices(long bytes) {
        byte[] letters =
                "abcdefghijklmnopqrstuvwxyz012345".repeat(SLICE_BYTES / 32).getBytes(StandardCharsets.US_ASCII);
        return Flux.generate(() -> bytes, (left, sink) -> {
            if (left == 0) {
                sink.complete();
                return left;
            }
            int slice = (int) Math.min(left, SLICE_BYTES);
            sink.next(Unpooled.wrappedBuffer(letters, 0, slice));
            return left - slice;
        });
    }

    private Publisher<Void> requestCounts(HttpServerRequest request, HttpServerResponse response) {
        response.header(HttpHeaderNames.CACHE_CONTROL, "no-store");
        StringBuilder lines = new StringBuilder();
        requests.forEach(
                (path, count) -> lines.append(path).append(' ').append(count).append('\n'));
        return text(request, response, lines.toString());
    }

    private Publisher<Void> notFound(HttpServerRequest request, HttpServerResponse response) {
        return text(request, response.status(HttpResponseStatus.NOT_FOUND), "nothing here\n");
    }

    private Publisher<Void> text(HttpServerRequest request, HttpServerResponse response, String body) {
        response.header(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        return body(request, response, body);
    }

    private Publisher<Void> body(HttpServerRequest request, HttpServerResponse response, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        response.header(HttpHeaderNames.DATE, HTTP_DATE.format(clock.instant()));
        response.header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(bytes.length));
        if (request.method().equals(HttpMethod.HEAD)) {
            return response.send();
        }
        return response.sendByteArray(Flux.just(bytes));
    }
}
