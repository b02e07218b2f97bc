package io.sallyport.gateway.client;

import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import reactor.netty.http.server.HttpServer;

/**
 * Connections that carry the responses of many customers: those of edges at a regional gate. One counts as full only when more
 * waits for its socket, since what is written while it is full goes out in small frames, a little of each response in turn.
 */
final class SharedConnections {
    private static final WriteBufferWaterMark UNSENT = new WriteBufferWaterMark(512 << 10, 1 << 20);

    private SharedConnections() {}

    /** A server whose connections are all of that kind. */
    static HttpServer expect(HttpServer server) {
        return server.childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT);
    }
}
