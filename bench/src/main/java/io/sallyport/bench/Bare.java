package io.sallyport.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import reactor.netty.http.server.HttpServer;

/** A handler of Reactor Netty that sends what a hit sends and does nothing else: what a gate on it can reach at most. */
final class Bare {
    private Bare() {}

    /** Serves the files of a directory from memory until the process ends. */
    static void serve(int port, Path directory) throws IOException {
        Map<String, ByteBuf> bodies = new HashMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                byte[] content = Files.readAllBytes(file);
                bodies.put(
                        "/" + file.getFileName(),
                        Unpooled.directBuffer(content.length).writeBytes(content));
            }
        }
        HttpServer.create()
                .host("127.0.0.1")
                .port(port)
                .handle((request, response) -> {
                    ByteBuf body = bodies.get(request.uri());
                    if (body == null) {
                        return response.sendNotFound();
                    }
                    HttpHeaders headers = response.responseHeaders();
                    headers.add("Server", "nginx/1.22.1");
                    headers.add("Date", "Wed, 25 Nov 2026 02:28:34 GMT");
                    headers.add("Content-Type", "text/plain");
                    headers.add("Last-Modified", "Wed, 25 Nov 2026 02:28:34 GMT");
                    headers.add("ETag", "\"6927c0a2-400\"");
                    headers.add("Cache-Control", "max-age=3600");
                    headers.add("Accept-Ranges", "bytes");
                    headers.set("age", "10");
                    headers.add("via", "1.1 edge.sallyport");
                    headers.add("cache-status", "edge; hit; ttl=3590");
                    headers.set("content-length", Integer.toString(body.readableBytes()));
                    return response.sendObject(body.retainedSlice());
                })
                .bindNow()
                .onDispose()
                .block();
    }
}
